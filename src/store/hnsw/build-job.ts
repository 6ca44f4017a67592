import { fileURLToPath } from 'node:url';
import type { ReadOnlyVectorSource } from '../sqlite/vector-source.ts';

/** What a server tells its building child. Plain JSON: it crosses a process. */
export interface BuildJob {
  readonly folder: string;
  readonly databasePath: string;
  /** URL of a module of plain JavaScript that exports `openReadOnlyVectorSource`. */
  readonly sourceModule: string;
  readonly tenant: string;
  readonly namespace: string;
  readonly embedder: string;
}

/** What the child answers before it ends. No answer means that it crashed or was ended. */
export type BuildOutcome = { readonly kind: 'built' } | { readonly kind: 'failed'; readonly reason: string };

/** What `sourceModule` exports. */
export interface SourceModule {
  openReadOnlyVectorSource(path: string): ReadOnlyVectorSource | Promise<ReadOnlyVectorSource>;
}

/**
 * The URL of a module of this package as a child process can run it. Beside this file when compiled; when this file
 * runs as TypeScript (under a test runner), the compiled one in `dist`.
 *
 * @param path from `src/store`, with the ending `.js`.
 */
export function compiledModule(path: string): string {
  const isCompiled = import.meta.url.endsWith('.js');
  return new URL(isCompiled ? `../${path}` : `../../../dist/src/store/${path}`, import.meta.url).href;
}

export const buildChildPath = (): string => fileURLToPath(compiledModule('hnsw/build-child.js'));
