import { EcphoryError } from '../../memory/errors.ts';
import type { PolicyStore } from '../../memory/policy.ts';
import { newBasis } from './basis.ts';
import { newClaims } from './claims.ts';
import { openConnection } from './connection.ts';
import { loadDriver } from './driver.ts';
import { newFeed } from './feed.ts';
import { newPolicyReader } from './policies.ts';
import { newStoreReads, type StoreReads } from './reads.ts';
import { newRelations } from './relations.ts';
import { newScopes } from './scopes.ts';
import { storeError } from './sqlite-error.ts';
import { newNoteWriter } from './write-notes.ts';

export interface ReadOnlySqliteStore extends StoreReads {
  readonly policies: Pick<PolicyStore, 'effective'>;
  close(): Promise<void>;
}

/**
 * The reading half of the store over a connection of its own, for a worker thread of the process that has the file
 * open, or for a process beside it: it takes no lock and migrates nothing. Sees what was committed before each read.
 *
 * @throws EcphoryError `unavailable` when the file is not there or is no database.
 */
export async function openReadOnlySqliteStore(path: string): Promise<ReadOnlySqliteStore> {
  const driver = await loadDriver();
  try {
    const connection = openConnection(driver, { path, mode: 'read', synchronous: 'full' });
    const scopes = newScopes(connection);
    const claims = newClaims(connection, scopes);
    const reads = newStoreReads(connection, {
      scopes,
      feed: newFeed(connection, scopes, () => 0),
      relations: newRelations(connection, newNoteWriter(connection, { claims, basis: newBasis(connection) })),
      claims,
      assertOpen,
    });
    const policies = newPolicyReader(connection, async (work) => {
      assertOpen();
      return work();
    });
    function assertOpen(): void {
      if (!connection.open) throw new EcphoryError('unavailable', 'The store is closed.');
    }
    return { ...reads, policies, close: async () => void connection.close() };
  } catch (error) {
    throw storeError(error);
  }
}
