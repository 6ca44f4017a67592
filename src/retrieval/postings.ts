import type { Postings, RunVisitor } from './working-set.ts';
import { type Columns, type ColumnsOf, newColumns, resized } from './working-set-columns.ts';

/**
 * An inverted index over units, in memory. Younger units are kept in a small growable part (one short array per
 * term); when that has grown to an eighth of the whole, everything is packed anew by a counting sort into one
 * array of units with the terms' ranges side by side: O(postings + terms), about 2 ns each way per posting.
 *
 * What a unit says is also kept the other way round (`unitTerms`), because packing and taking a unit away
 * start from it. Which terms exist is not known here.
 */
export interface MutablePostings extends Postings {
  /** Adds a unit that is not live. `terms` may repeat. Until the first `pack` it is not found by its terms. */
  add(slot: number, terms: readonly number[]): number;
  /** Counts the units of one note in or out of the statistics. */
  setLive(firstUnit: number, unitCount: number, live: boolean): void;
  /** Ends units that are not live; what they said is blanked. Before that calls `release` for each of their terms. */
  kill(firstUnit: number, unitCount: number, release: (term: number) => void): void;
  /** Units that hold nothing any more. */
  readonly deadUnits: number;
  /** Packs everything now; ends the loading. */
  pack(): void;
  /** Gives back spare room. */
  trim(): void;
  bytes(): number;
  /** What it takes to make it again, trimmed. */
  packed(): PackedPostings;
}

export type PackedPostings = {
  readonly units: ColumnsOf<typeof unitTypes>;
  readonly said: ColumnsOf<typeof saidTypes>;
};

export const unitTypes = { slotOf: Int32Array, lengthOf: Uint32Array, unitStart: Uint32Array } as const;
export const saidTypes = { unitTerms: Uint32Array, unitFrequencies: Uint8Array } as const;

/** Fewer new postings than this are never packed. */
const packPostingsMin = 1_024;
const frequencyMax = 255;

export function newPostings(initial?: PackedPostings): MutablePostings {
  const unitColumns = newColumns(unitTypes, initial?.units);
  const saidColumns = newColumns(saidTypes, initial?.said);
  const units = unitColumns.columns;
  const said = saidColumns.columns;
  let size = initial === undefined ? 0 : initial.units.slotOf.length;
  let saidSize = initial === undefined ? 0 : initial.said.unitTerms.length;

  let loading = true;
  let young = new Map<number, YoungRun>();
  let youngPostings = 0;
  let runStart = new Uint32Array(1);
  let runUnits = new Uint32Array(0);
  let runFrequencies = new Uint8Array(0);

  let liveUnits = 0;
  let deadUnits = 0;
  let liveLength = 0;
  const termColumns = newColumns({ noteFrequency: Uint32Array, lastAt: Uint32Array } as const);
  const byTerm = termColumns.columns;
  let termsEnd = 0;

  const postings: MutablePostings = {
    get size() {
      return size;
    },
    get slotOf() {
      return units.slotOf;
    },
    get lengthOf() {
      return units.lengthOf;
    },
    get unitStart() {
      return units.unitStart;
    },
    get unitTerms() {
      return said.unitTerms;
    },
    get unitFrequencies() {
      return said.unitFrequencies;
    },
    get liveUnits() {
      return liveUnits;
    },
    get deadUnits() {
      return deadUnits;
    },
    get liveLength() {
      return liveLength;
    },
    noteFrequency: (term) => (term >= 0 && term < termsEnd ? byTerm.noteFrequency[term]! : 0),
    forEachRun,
    add,
    setLive,
    kill,
    pack,
    trim() {
      unitColumns.trim(size + 1);
      saidColumns.trim(saidSize);
      termColumns.trim(termsEnd);
    },
    bytes,
    packed: () => ({
      units: {
        slotOf: units.slotOf.slice(0, size),
        lengthOf: units.lengthOf.slice(0, size),
        unitStart: units.unitStart.slice(0, size + 1),
      },
      said: {
        unitTerms: said.unitTerms.slice(0, saidSize),
        unitFrequencies: said.unitFrequencies.slice(0, saidSize),
      },
    }),
  };
  for (let index = 0; index < saidSize; index += 1) knowTerm(said.unitTerms[index]!);
  for (let unit = 0; unit < size; unit += 1) if (units.slotOf[unit] === -1) deadUnits += 1;
  return postings;

  function forEachRun(term: number, visit: RunVisitor): void {
    if (term < 0) return;
    const start = term + 1 < runStart.length ? runStart[term]! : 0;
    const end = term + 1 < runStart.length ? runStart[term + 1]! : 0;
    if (start < end) visit(runUnits, runFrequencies, start, end);
    const run = young.get(term);
    if (run !== undefined) visit(run.units, run.frequencies, 0, run.size);
  }

  function add(slot: number, terms: readonly number[]): number {
    const unit = size;
    unitColumns.reserve(unit + 2);
    saidColumns.reserve(saidSize + terms.length);
    const start = saidSize;
    units.slotOf[unit] = slot;
    units.lengthOf[unit] = terms.length;
    for (const term of terms) {
      knowTerm(term);
      // Where the term was last written; it is this unit's own when it stands there.
      const at = byTerm.lastAt[term]!;
      if (at >= start && at < saidSize && said.unitTerms[at] === term) {
        if (said.unitFrequencies[at]! < frequencyMax) said.unitFrequencies[at]! += 1;
      } else {
        byTerm.lastAt[term] = saidSize;
        said.unitTerms[saidSize] = term;
        said.unitFrequencies[saidSize] = 1;
        saidSize += 1;
      }
    }
    units.unitStart[unit] = start;
    units.unitStart[unit + 1] = saidSize;
    size += 1;
    if (!loading) {
      for (let index = start; index < saidSize; index += 1) {
        const run = young.get(said.unitTerms[index]!) ?? newYoungRun();
        young.set(said.unitTerms[index]!, run);
        append(run, unit, said.unitFrequencies[index]!);
      }
      youngPostings += saidSize - start;
      if (youngPostings > Math.max(packPostingsMin, runUnits.length >> 3)) pack();
    }
    return unit;
  }

  function knowTerm(term: number): void {
    if (term < termsEnd) return;
    termsEnd = term + 1;
    termColumns.reserve(termsEnd);
  }

  function setLive(firstUnit: number, unitCount: number, live: boolean): void {
    const step = live ? 1 : -1;
    liveUnits += step * unitCount;
    const start = units.unitStart[firstUnit]!;
    const end = units.unitStart[firstUnit + unitCount]!;
    for (let unit = firstUnit; unit < firstUnit + unitCount; unit += 1) liveLength += step * units.lengthOf[unit]!;
    if (unitCount === 1) {
      for (let index = start; index < end; index += 1) byTerm.noteFrequency[said.unitTerms[index]!]! += step;
      return;
    }
    for (const term of new Set(said.unitTerms.subarray(start, end))) byTerm.noteFrequency[term]! += step;
  }

  function kill(firstUnit: number, unitCount: number, release: (term: number) => void): void {
    const start = units.unitStart[firstUnit]!;
    const end = units.unitStart[firstUnit + unitCount]!;
    for (let index = start; index < end; index += 1) release(said.unitTerms[index]!);
    said.unitTerms.fill(0, start, end);
    said.unitFrequencies.fill(0, start, end);
    units.slotOf.fill(-1, firstUnit, firstUnit + unitCount);
    units.lengthOf.fill(0, firstUnit, firstUnit + unitCount);
    deadUnits += unitCount;
  }

  function pack(): void {
    const starts = new Uint32Array(termsEnd + 1);
    for (let unit = 0; unit < size; unit += 1) {
      if (units.slotOf[unit]! < 0) continue;
      const end = units.unitStart[unit + 1]!;
      for (let index = units.unitStart[unit]!; index < end; index += 1) starts[said.unitTerms[index]! + 1]! += 1;
    }
    for (let term = 0; term < termsEnd; term += 1) starts[term + 1]! += starts[term]!;
    const total = starts[termsEnd]!;
    const nextAt = starts.slice();
    runUnits = new Uint32Array(total);
    runFrequencies = new Uint8Array(total);
    for (let unit = 0; unit < size; unit += 1) {
      if (units.slotOf[unit]! < 0) continue;
      const end = units.unitStart[unit + 1]!;
      for (let index = units.unitStart[unit]!; index < end; index += 1) {
        const term = said.unitTerms[index]!;
        const at = nextAt[term]!;
        nextAt[term] = at + 1;
        runUnits[at] = unit;
        runFrequencies[at] = said.unitFrequencies[index]!;
      }
    }
    runStart = starts;
    young = new Map();
    youngPostings = 0;
    loading = false;
  }

  function bytes(): number {
    const packedBytes = runStart.byteLength + runUnits.byteLength + runFrequencies.byteLength;
    const columnBytes = [unitColumns, saidColumns, termColumns].reduce(
      (sum: number, part: Sized) => sum + part.bytes(),
      0,
    );
    return packedBytes + columnBytes + young.size * youngRunBytes + youngPostings * 10;
  }
}

type Sized = Pick<Columns<Record<never, never>>, 'bytes'>;

interface YoungRun {
  units: Uint32Array;
  frequencies: Uint8Array;
  size: number;
}

/** Two typed arrays, their buffers, an object and a map entry in V8. */
const youngRunBytes = 400;

function newYoungRun(): YoungRun {
  return { units: new Uint32Array(2), frequencies: new Uint8Array(2), size: 0 };
}

function append(run: YoungRun, unit: number, frequency: number): void {
  if (run.size === run.units.length) {
    run.units = resized(run.units, run.size * 2);
    run.frequencies = resized(run.frequencies, run.size * 2);
  }
  run.units[run.size] = unit;
  run.frequencies[run.size] = frequency;
  run.size += 1;
}
