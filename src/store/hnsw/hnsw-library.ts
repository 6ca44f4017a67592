import { createRequire } from 'node:module';

/** What is used of `hnswlib-node`, an optional dependency. */
export interface HnswLibrary {
  readonly version: string;
  newIndex(dimensions: number): HnswGraph;
}

/**
 * The library checks little: labels wrap at 2^32, NaN is accepted, a file of other dimensions is read as if it
 * fitted and a malformed one can end the process. Everything is checked before it is called.
 */
export interface HnswGraph {
  initIndex(options: {
    readonly maxElements: number;
    readonly m: number;
    readonly efConstruction: number;
    readonly randomSeed: number;
  }): void;
  /** Replaces what the graph held, which is freed first. The graph must not be searched meanwhile. */
  readIndex(path: string): Promise<boolean>;
  writeIndex(path: string): Promise<boolean>;
  resizeIndex(elementsMax: number): void;
  addPoint(point: number[], label: number): void;
  setEf(ef: number): void;
  searchKnn(query: number[], count: number): { readonly neighbors: number[] };
  getCurrentCount(): number;
  getMaxElements(): number;
}

export type LoadHnswLibrary = () => Promise<HnswLibrary>;

/** @throws when the package is not installed or its binary does not fit this machine. */
export async function loadHnswLibrary(space: 'cosine'): Promise<HnswLibrary> {
  const { default: library } = await import('hnswlib-node');
  const description: unknown = createRequire(import.meta.url)('hnswlib-node/package.json');
  if (typeof description !== 'object' || description === null || !('version' in description)) {
    throw new Error('hnswlib-node does not say its version.');
  }
  return {
    version: String(description.version),
    newIndex: (dimensions) => new library.HierarchicalNSW(space, dimensions),
  };
}
