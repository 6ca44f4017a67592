import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NoteId } from '../../src/memory/ids.ts';
import type { Scope } from '../../src/memory/scope.ts';
import {
  type ApproximateVectorSearch,
  openVectorSearch,
  type VectorSearchOptions,
} from '../../src/store/hnsw/vector-search.ts';
import { openSqliteStore, type SqliteStore } from '../../src/store/sqlite/open.ts';
import { makeKeys, makeNote, may8, noteAdded } from '../builders.ts';
import type { OpenedVectorSearch } from '../contract/vector-search.ts';

export interface SqliteBench extends OpenedVectorSearch {
  readonly search: ApproximateVectorSearch;
  readonly store: SqliteStore;
  readonly notices: readonly string[];
  putMany(scope: Scope, embedder: string, vectors: readonly (readonly [NoteId, Float32Array])[]): Promise<void>;
}

/** The real store in a folder of its own, its vectors searched as the server does: children build the indexes. */
export async function openSqliteBench(options: Partial<VectorSearchOptions> = {}): Promise<SqliteBench> {
  const folder = mkdtempSync(join(tmpdir(), 'ecphory-vectors-'));
  const databasePath = join(folder, 'ecphory.db');
  const store = await openSqliteStore({ path: databasePath, clock: () => may8 });
  const notices: string[] = [];
  const search = await openVectorSearch({
    source: store,
    databasePath,
    indexFolder: join(folder, 'indexes'),
    onNotice: (message, cause) => notices.push(`${message} ${String(cause)}`),
    ...options,
  });
  const versions = new Map<NoteId, number>();

  async function putMany(scope: Scope, embedder: string, vectors: readonly (readonly [NoteId, Float32Array])[]) {
    const changes = vectors.flatMap(([noteId, vector]) => {
      const version = versions.get(noteId);
      const embedded = {
        kind: 'note-embedded',
        noteId,
        version: version ?? 1,
        derivation: 0,
        embedder,
        vector,
      } as const;
      if (version !== undefined) return [embedded];
      versions.set(noteId, 1);
      return [noteAdded(makeNote({ id: noteId, scope })), embedded];
    });
    await store.apply(scope, changes);
  }

  return {
    search,
    store,
    notices,
    putMany,
    put: (scope, embedder, noteId, vector) => putMany(scope, embedder, [[noteId, vector]]),
    async drop(scope, noteId) {
      const expectedVersion = versions.get(noteId) ?? 1;
      const text = `Other words, ${expectedVersion}.`;
      const keys = makeKeys(text);
      await store.apply(scope, [
        { kind: 'note-revised', noteId, expectedVersion, revision: { text }, keys, cause: 'updated', at: may8 },
      ]);
      versions.set(noteId, expectedVersion + 1);
    },
    async erase(scope, noteId) {
      await store.apply(scope, [{ kind: 'erased', noteIds: [noteId] }]);
    },
    async cleanup() {
      await search.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
