import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { NoteId } from '../../src/memory/ids.ts';
import { readScope, type Scope } from '../../src/memory/scope.ts';
import type { VectorAnswer } from '../../src/memory/store.ts';
import {
  type ApproximateVectorSearch,
  openVectorSearch,
  type VectorSearchOptions,
} from '../../src/store/hnsw/vector-search.ts';
import { makeNoteId, makeScope } from '../builders.ts';
import { type FileVectorSource, openFileVectorSource } from './file-vector-source.mjs';

/** A vector search over a file of vectors, both in a folder of their own. */
export interface VectorBench {
  readonly source: FileVectorSource;
  readonly indexFolder: string;
  readonly notices: string[];
  search: ApproximateVectorSearch;
  /** Closes the search and opens it again on the same files. */
  reopen(changes?: Partial<VectorSearchOptions>): Promise<void>;
  /** Notes with these vectors. */
  fill(vectors: readonly Float32Array[], where?: Scope, embedder?: string): readonly NoteId[];
  nearest(vector: Float32Array, limit?: number, where?: Scope, embedder?: string): Promise<VectorAnswer>;
  exact(vector: Float32Array, limit?: number, where?: Scope, embedder?: string): Promise<VectorAnswer>;
  cleanup(): Promise<void>;
}

export async function openVectorBench(options: Partial<VectorSearchOptions> = {}): Promise<VectorBench> {
  const folder = mkdtempSync(join(tmpdir(), 'ecphory-vectors-'));
  const databasePath = join(folder, 'vectors.jsonl');
  writeFileSync(databasePath, '');
  const source = openFileVectorSource(databasePath);
  const indexFolder = join(folder, 'indexes');
  const notices: string[] = [];
  const all: VectorSearchOptions = {
    source,
    databasePath,
    indexFolder,
    sourceModule: new URL('./file-vector-source.mjs', import.meta.url).href,
    onNotice: (message, cause) => notices.push(cause === null ? message : `${message} ${String(cause)}`),
    ...options,
  };
  const bench: VectorBench = {
    source,
    indexFolder,
    notices,
    search: await openVectorSearch(all),
    async reopen(changes = {}) {
      await bench.search.close();
      bench.search = await openVectorSearch({ ...all, ...changes });
    },
    fill(vectors, where = makeScope(), embedder = 'a') {
      return vectors.map((vector) => {
        const id = makeNoteId();
        source.put(where, embedder, id, vector);
        return id;
      });
    },
    nearest: (vector, limit = 10, where = makeScope(), embedder = 'a') =>
      bench.search.nearest(readScope(where), { embedder, vector, limit }),
    exact: (vector, limit = 10, where = makeScope(), embedder = 'a') =>
      source.exactNearest(readScope(where), { embedder, vector, limit }),
    async cleanup() {
      await bench.search.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return bench;
}

export function idsOf(answer: VectorAnswer): readonly NoteId[] {
  return answer.hits.map((hit) => hit.noteId);
}

/** The share of the truly nearest that was found, over all queries. */
export async function recall(bench: VectorBench, queries: readonly Float32Array[], limit = 10): Promise<number> {
  let found = 0;
  let wanted = 0;
  for (const query of queries) {
    const truth = idsOf(await bench.exact(query, limit));
    const answer = await bench.nearest(query, limit);
    expect(answer.exact).toBe(false);
    const ids = new Set(idsOf(answer));
    found += truth.filter((id) => ids.has(id)).length;
    wanted += truth.length;
  }
  return found / wanted;
}
