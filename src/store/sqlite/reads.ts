import type { Store } from '../../memory/store.ts';
import type { Claims } from './claims.ts';
import type { Connection } from './driver.ts';
import { newEntities } from './entities.ts';
import type { Feed } from './feed.ts';
import { newNoteReader } from './read-notes.ts';
import type { Relations } from './relations.ts';
import type { Scopes } from './scopes.ts';
import { storeError } from './sqlite-error.ts';
import { newStatsReader } from './stats.ts';
import { newUpkeep } from './upkeep.ts';
import { newWholeNotes } from './whole-notes.ts';
import { newWorkingRowReader } from './working-rows.ts';

/** The half of the store that only reads, and says nothing of keys, jobs and runs. */
export type StoreReads = Pick<
  Store,
  | 'note'
  | 'notes'
  | 'list'
  | 'matching'
  | 'history'
  | 'links'
  | 'mentions'
  | 'entities'
  | 'entity'
  | 'notesOfEntity'
  | 'claims'
  | 'derivedFrom'
  | 'underived'
  | 'uses'
  | 'summaries'
  | 'expired'
  | 'scopes'
  | 'stats'
  | 'wholeNotes'
  | 'head'
  | 'feed'
  | 'feedOfEveryTenant'
  | 'cursor'
  | 'workingRows'
  | 'workingRowsOf'
>;

export interface StoreReadsParts {
  readonly scopes: Scopes;
  readonly feed: Feed;
  readonly relations: Relations;
  readonly claims: Claims;
  readonly assertOpen: () => void;
}

/** Each read is one turn of the event loop, and so sees one state of the file. */
export function newStoreReads(connection: Connection, parts: StoreReadsParts): StoreReads {
  const { scopes, feed, relations, claims, assertOpen } = parts;
  const reader = newNoteReader(connection, scopes);
  const entities = newEntities(connection, scopes);
  const workingRows = newWorkingRowReader(connection, scopes);
  const upkeep = newUpkeep(connection, scopes);
  const stats = newStatsReader(connection, scopes);
  const wholeNotes = newWholeNotes(connection, { scopes, relations, reader });

  return {
    note: (tenant, id) => read(() => reader.note(tenant, id)),
    notes: (tenant, ids) => read(() => reader.notes(tenant, ids)),
    list: (scope, query) => read(() => reader.list(scope, query)),
    matching: (scope, filter) => read(() => reader.matching(scope, filter)),
    history: (tenant, id) => read(() => reader.history(tenant, id)),
    links: (tenant, ids) => read(() => relations.links(tenant, ids)),
    mentions: (tenant, id) => read(() => relations.mentions(tenant, id)),
    entities: (scope, query) => read(() => entities.inScope(scope, query)),
    entity: (tenant, id) => read(() => entities.entity(tenant, id)),
    notesOfEntity: (tenant, id, limit) => read(() => entities.notesOf(tenant, id, limit)),
    claims: (scope, query) => read(() => claims.matching(scope, query)),
    derivedFrom: (tenant, episodes) => read(() => claims.derivedFrom(tenant, episodes)),
    underived: (scope, limit, { includeReverted = false } = {}) =>
      read(() => claims.underived(scope, limit, includeReverted)),
    uses: (tenant, ids) => read(() => upkeep.uses(tenant, ids)),
    summaries: (scope, query) => read(() => upkeep.summaries(scope, query)),
    expired: (now, limit) => read(() => upkeep.expired(now, limit)),
    scopes: () => read(() => upkeep.scopes()),
    stats: (scope) => read(() => stats.stats(scope)),
    wholeNotes: (scope, after, limit) => read(() => wholeNotes(scope, after, limit)),
    head: (scope) => read(() => feed.head(scope)),
    feed: (scope, after, limit) => read(() => feed.entries(scope, after, limit)),
    feedOfEveryTenant: (after, limit) => read(() => feed.entriesOfEveryTenant(after, limit)),
    cursor: (name) => read(() => feed.cursor(name)),
    workingRows: (scope, after, limit) => read(() => workingRows.workingRows(scope, after, limit)),
    workingRowsOf: (scope, ids) => read(() => workingRows.workingRowsOf(scope, ids)),
  };

  /** The connection never shows what is not committed: a transaction begins and ends within one turn. */
  async function read<Answer>(work: () => Answer): Promise<Answer> {
    assertOpen();
    try {
      return work();
    } catch (error) {
      throw storeError(error);
    }
  }
}
