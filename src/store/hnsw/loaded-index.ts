import { readFile } from 'node:fs/promises';
import type { NoteId } from '../../memory/ids.ts';
import { assertGraphHeader } from './graph-header.ts';
import type { HnswLibrary } from './hnsw-library.ts';
import type { UsableIndex } from './index-files.ts';
import { indexParameters } from './index-parameters.ts';
import { decodeLabelMap } from './label-map.ts';
import type { Manifest } from './manifest.ts';

/** An index in memory. */
export interface LoadedIndex {
  readonly manifest: Manifest;
  /** Memory held, mostly outside the JavaScript heap. */
  readonly bytes: number;
  /**
   * About the nearest `labels` distinct vectors, best first, each with the notes that have it (possibly none).
   * Synchronous, about .4 ms. @throws Error when the index answers what it cannot hold.
   */
  nearest(vector: Float32Array, labels: number): readonly (readonly NoteId[])[];
  /** Gives the memory back at once; afterwards it cannot be asked. */
  release(): void;
}

/** @param found checked: reading a malformed file can end the process. @throws Error when it is not what it claims. */
export async function loadIndex(library: HnswLibrary, found: UsableIndex): Promise<LoadedIndex> {
  const { manifest } = found;
  const map = decodeLabelMap(await readFile(found.labelMapPath));
  await assertGraphHeader(found.graphPath, { points: manifest.labels, dimensions: manifest.dimensions });
  const graph = library.newIndex(manifest.dimensions);
  await graph.readIndex(found.graphPath);
  let isReleased = false;
  if (graph.getCurrentCount() !== manifest.labels || map.labels !== manifest.labels || map.notes !== manifest.notes) {
    release();
    throw new Error('The index does not hold what its manifest says.');
  }
  return {
    manifest,
    bytes: manifest.graph.bytes + map.bytes + manifest.labels * bytesPerLabel,
    nearest(vector, labels) {
      if (isReleased) throw new Error('The index was given back.');
      const count = Math.min(labels, manifest.labels);
      graph.setEf(Math.max(indexParameters.efSearch, 2 * count));
      return graph.searchKnn(Array.from(vector), count).neighbors.map((label) => map.noteIds(label));
    },
    release,
  };

  function release(): void {
    if (isReleased) return;
    isReleased = true;
    // The collector knows nothing of the megabytes behind this object and may take its time; making the graph anew frees them now.
    graph.initIndex({ maxElements: 1, m: 2, efConstruction: 1, randomSeed: 1 });
  }
}

/** A lock, a level, an entry in the map of labels: what the library holds for each vector beyond its file. */
const bytesPerLabel = 100;
