import { standingSentences, standingWords } from '../language/instructions.ts';
import type { Analyzer } from '../memory/analyzer.ts';
import type { Clock, NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Recall, StandingNote } from '../memory/recall.ts';
import { covers } from '../memory/scope.ts';
import type { Store, StoredNote } from '../memory/store.ts';
import { analyseCue, type Cue } from './cue.ts';
import { eligibleSlots } from './eligible.ts';
import { roleCodes, type WorkingSet } from './working-set.ts';
import type { WorkingSets } from './working-sets.ts';

export interface StandingParts {
  readonly store: Pick<Store, 'matching' | 'notes'>;
  readonly workingSets: Pick<WorkingSets, 'get'>;
  readonly analyzer: Analyzer;
  readonly clock: Clock;
}

/**
 * `Recall.standing`: postings say which notes may tell how to do things from now on, their texts say whether they do.
 * Cost: the postings of a dozen words, and one read of at most `limits.standingRead` notes.
 */
export function newStanding({ store, workingSets, analyzer, clock }: StandingParts): NonNullable<Recall['standing']> {
  return async (read, { text, filter, asOf }) => {
    const [passing, set] = await Promise.all([
      filter === null ? null : store.matching(read, filter),
      workingSets.get(read),
    ]);
    const eligible = eligibleSlots({ set, asOf, now: clock(), includeArchived: false, passing });
    const cue = text === null ? null : analyseCue(text, analyzer, set);
    if (cue?.asks.order || cue?.asks.summary) return [];
    const ids = mayStand(set, analyzer, eligible, cue);
    const stored = (await store.notes(read.tenant, ids)).filter((one) => covers(read, one.note.scope) && isTheirs(one));
    const found = stored.flatMap((one): readonly Found[] => {
      const all = standingSentences(one.note.text);
      const instructions = all.filter(({ kind }) => kind === 'instruction');
      const told = instructions.length > 0 ? instructions : all;
      const [first] = told;
      if (first === undefined) return [];
      const topics = told.map(({ about, text: said }) => about ?? (first.kind === 'preference' ? said : null));
      return [{ stored: one, kind: first.kind, sentences: told.map(({ text: said }) => said), topics }];
    });
    if (cue === null) return found.toSorted((a, b) => (a.stored.note.id < b.stored.note.id ? -1 : 1));
    return bearingOn(cue, found, analyzer);
  };
}

interface Found extends StandingNote {
  /** What each is about; null: about everything. */
  readonly topics: readonly (string | null)[];
}

/** Slots whose words allow a standing sentence; where there are too many, those nearest to the cue, then the newest. */
function mayStand(set: WorkingSet, analyzer: Analyzer, eligible: Uint8Array, cue: Cue | null): readonly NoteId[] {
  const { role, speaker, order } = set.slots;
  const slots = new Set<number>();
  const scores = new Map<number, number>();
  forEachSlot(standingWords, (slot) => {
    // Between people "always" is a habit and not an instruction.
    const isPerson = role[slot] === roleCodes.user || (role[slot] === -1 && speaker[slot] === -1);
    if (isPerson && eligible[slot] === 1) slots.add(slot);
  });
  if (slots.size > limits.standingRead && cue !== null) {
    for (const { stem, idf, weight } of cue.terms) {
      forEachStem(stem, (slot) => {
        if (slots.has(slot)) scores.set(slot, (scores.get(slot) ?? 0) + idf * weight);
      });
    }
  }
  return [...slots]
    .sort((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0) || order[b]! - order[a]!)
    .slice(0, limits.standingRead)
    .map((slot) => set.idOf(slot));

  function forEachSlot(words: string, visit: (slot: number) => void): void {
    for (const stem of new Set(analyzer.stems(words))) forEachStem(stem, visit);
  }

  function forEachStem(stem: string, visit: (slot: number) => void): void {
    const term = set.termId(stem);
    if (term < 0) return;
    const seen = new Set<number>();
    set.text.forEachRun(term, (units, _frequencies, start, end) => {
      for (let index = start; index < end; index += 1) {
        const slot = set.text.slotOf[units[index]!]!;
        if (slot < 0 || seen.has(slot)) continue;
        seen.add(slot);
        visit(slot);
      }
    });
  }
}

/** What a page, a tool or an agent says is no instruction of the person. */
function isTheirs({ note }: StoredNote): boolean {
  return note.trust >= 2 && (note.origin === 'user' || note.origin === 'import');
}

/**
 * Those that apply: a topic of theirs shares words with the cue, or they have none. When help is asked a few preferences come
 * along that share little with it: who likes examples likes them in every matter; an instruction about something else is none
 * here. Best first, later ones before earlier ones: the last word counts.
 */
function bearingOn(cue: Cue, found: readonly Found[], analyzer: Analyzer): readonly StandingNote[] {
  const worths = new Map(cue.terms.map(({ stem, weight, idf }) => [stem, weight * idf]));
  const ordered = found
    .map((one) => ({ one, bearing: Math.max(...one.topics.map((topic) => bearingOf(topic))) }))
    .sort((a, b) => b.bearing - a.bearing || (a.one.stored.note.id < b.one.stored.note.id ? 1 : -1));
  const bearing = ordered.filter((one) => one.bearing >= bearingMin);
  const { advice, assistant, several, value } = cue.asks;
  const asksHelp = advice && !assistant && !several && !value;
  const beside = asksHelp ? ordered.filter((one) => one.bearing < bearingMin && one.one.kind === 'preference') : [];
  return [...bearing, ...beside.slice(0, besideMax)].map(({ one: { stored, kind, sentences } }) => ({
    stored,
    kind,
    sentences,
  }));

  function bearingOf(topic: string | null): number {
    if (topic === null) return unconditional;
    let shared = 0;
    for (const stem of new Set(analyzer.stems(topic))) shared += worths.get(stem) ?? 0;
    return cue.mass > 0 ? shared / cue.mass : 0;
  }
}

/** Preferences that come along. */
const besideMax = 3;
/** Of the cue's words, by their worth: one telling word of three. */
const bearingMin = 0.2;
/** "Always answer in metric" bears on everything, and less on it than what is about it. */
const unconditional = 0.25;
