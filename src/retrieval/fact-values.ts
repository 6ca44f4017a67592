import { claimKey } from '../memory/claim.ts';
import type { StoredNote } from '../memory/store.ts';
import type { CueTime } from './cue-time.ts';
import type { Tense } from './tense.ts';

/** What time a question is about. */
export interface FactTime {
  readonly now: number;
  /** Milliseconds since 1970; null for now. */
  readonly asOf: number | null;
  readonly tense: Tense;
  /** Whether it asks for the very first value. */
  readonly asksFirst: boolean;
  /** Times that the cue names. */
  readonly times: readonly CueTime[];
}

export interface FactValue {
  readonly claim: StoredNote;
  /** Of the same topic, before it, oldest first. */
  readonly earlier: readonly StoredNote[];
  readonly disputed: readonly StoredNote[];
}

/**
 * What the claims of one topic (subject and attribute) say of a time, best first: one value where only one can hold, with
 * those that dispute it; else every value that holds. Claims are of valid time: `asOf` asks what was true then, whenever
 * it was told. Pure.
 */
export function factValues(claims: readonly StoredNote[], time: FactTime): readonly FactValue[] {
  const ordered = [...claims].sort(byValidTime);
  const holding = heldAt(ordered, time).sort(byWorth);
  const isSingle = claims.some(({ note }) => note.claim?.isSingle === true);
  if (!isSingle) return distinctValues(holding).map((claim) => ({ claim, earlier: [], disputed: [] }));
  const [best] = distinctValues(holding);
  if (best === undefined) return [];
  const disputed = distinctValues(holding).slice(1);
  const earlier = ordered.filter(
    (one) => isEnded(one) && one.note.claim?.polarity !== 'negative' && byValidTime(one, best) < 0,
  );
  return [{ claim: best, earlier: runs(earlier), disputed }];
}

function heldAt(ordered: readonly StoredNote[], { now, asOf, tense, asksFirst, times }: FactTime): StoredNote[] {
  const at = asOf ?? now;
  const current = ordered.filter((one) => holdsAt(one, at));
  if (asOf !== null || tense === 'present') return current;
  const within = times.flatMap(({ from, until }) => ordered.filter((one) => overlaps(one, from, until)));
  if (within.length > 0) return [...new Set(within)];
  if (tense !== 'past') return current;
  const told = ordered.filter(({ note }) => note.claim?.polarity !== 'negative' && !(since(note) > at));
  if (asksFirst) return told.slice(0, 1);
  const before = told.filter((one) => !current.includes(one));
  // What never changed was always so.
  return before.length > 0 ? before.slice(-1) : current;
}

function holdsAt({ note }: StoredNote, at: number): boolean {
  if (since(note) > at) return false;
  if (note.invalidAt !== null) return at < note.invalidAt;
  return note.supersededBy === null && note.state === 'active';
}

function overlaps({ note }: StoredNote, from: number | null, until: number | null): boolean {
  if (note.invalidAt === null && note.supersededBy !== null) return false;
  return since(note) < (until ?? Infinity) && (note.invalidAt ?? Infinity) > (from ?? -Infinity);
}

function since({ validAt }: StoredNote['note']): number {
  return validAt ?? Number.NEGATIVE_INFINITY;
}

function isEnded({ note }: StoredNote): boolean {
  return note.invalidAt !== null || note.supersededBy !== null;
}

/** By when it came to hold; ids ascend in the order of making. */
function byValidTime(a: StoredNote, b: StoredNote): number {
  const [at, than] = [a.note.validAt ?? a.note.createdAt, b.note.validAt ?? b.note.createdAt];
  return at - than || (a.note.id < b.note.id ? -1 : a.note.id > b.note.id ? 1 : 0);
}

/** What is so before what is not, then the more trusted, the more often told, the newer. */
export function byWorth(a: StoredNote, b: StoredNote): number {
  const negative = Number(a.note.claim?.polarity === 'negative') - Number(b.note.claim?.polarity === 'negative');
  return negative || b.note.trust - a.note.trust || b.note.sources.length - a.note.sources.length || byValidTime(b, a);
}

function distinctValues(claims: readonly StoredNote[]): readonly StoredNote[] {
  const seen = new Set<string>();
  return claims.filter((one) => {
    const key = valueKey(one);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** One of each run of the same value. */
function runs(ordered: readonly StoredNote[]): readonly StoredNote[] {
  return ordered.filter((one, index) => index === 0 || valueKey(ordered[index - 1]!) !== valueKey(one));
}

function valueKey({ note }: StoredNote): string {
  return claimKey(note.claim?.value ?? '');
}
