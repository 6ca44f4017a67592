import { verbForms } from '../language/verb-forms.ts';
import type { Analyzer } from '../memory/analyzer.ts';
import { limits } from '../memory/limits.ts';
import { inverseFrequency } from './cue.ts';
import { kindCodes, roleCodes, type WorkingSet } from './working-set.ts';

/**
 * Which episode a few words mean: strictly by words, because an answer is built on it. The likeness of an episode is
 *
 *   coverage = min(Σ idf of the words it has / Σ idf of all the words, share of the words that it has)
 *
 * over the best of its passages with its date and place; a speaker's name is had by what that speaker said. The
 * share keeps two everyday events apart that differ in one everyday word.
 * A word that no note has counts as the rarest of all, so that an event never told is not taken for a similar one.
 * Cost: the postings of the words.
 */
export function newRecognition(input: RecognitionInput): Recognition {
  return {
    episode(part) {
      const found = candidatesOf(input, part);
      const [best, second] = found;
      if (best === undefined || best.coverage < recognition.coverageMin) return { slot: -1, reason: 'not_recognised' };
      if (second !== undefined && best.coverage - second.coverage < recognition.marginMin) {
        return { slot: -1, reason: 'ambiguous' };
      }
      return { slot: best.slot, reason: null };
    },
    occurrences: (part) =>
      candidatesOf(input, part)
        .filter(({ coverage }) => coverage >= recognition.coverageMin)
        .map(({ slot }) => slot),
  };
}

export interface RecognitionInput {
  readonly set: WorkingSet;
  readonly analyzer: Pick<Analyzer, 'stems' | 'words'>;
  /** 1 for every slot that may be meant; others are no candidates. */
  readonly eligible: Uint8Array;
}

export interface Recognition {
  /** The one episode meant, or why there is none. */
  episode(part: string): Recognised;
  /** All that are recognised, best first, equal ones by slot. */
  occurrences(part: string): readonly number[];
}

interface Candidate {
  readonly slot: number;
  /** 0 to 1. */
  readonly coverage: number;
}

export type Recognised =
  | { readonly slot: number; readonly reason: null }
  | { readonly slot: -1; readonly reason: 'not_recognised' | 'ambiguous' };

/**
 * Set on LoCoMo's development conversations, where the clause of a "when / what / how did ..." question is a part. Of
 * 200, 94 are recognised, .94 of them as the gold turn or one within two of it (.93 at a margin of .15, .96 at .25
 * for a tenth fewer); of 54 that tell of the wrong person 9 are taken for real, twice as many without the rule about names.
 */
const recognition = {
  coverageMin: 0.7,
  marginMin: 0.2,
} as const;

function candidatesOf({ set, analyzer, eligible }: RecognitionInput, part: string): readonly Candidate[] {
  const { kind, speaker } = set.slots;
  const speakersNamed = speakersByStem(set, analyzer);
  const isCandidate = (slot: number): boolean => slot >= 0 && eligible[slot] === 1 && kind[slot] === kindCodes.episodic;
  // What a passage has, and what its note has in all of its passages alike.
  const inUnit = new Map<number, Having>();
  const inNote = new Map<number, Having>();
  // How many of the speakers named are those of the note or named in it.
  const namesHad = new Map<number, number>();
  let names = 0;
  const all = { words: 0, mass: 0 };
  for (const forms of wordsOf(part, analyzer)) {
    const terms = forms.map((stem) => set.termId(stem)).filter((term) => term >= 0);
    const notes = terms.reduce((sum, term) => sum + set.text.noteFrequency(term), 0);
    const idf = inverseFrequency(set.liveNotes, notes);
    add(all, idf);
    const named = forms.map((stem) => speakersNamed.get(stem)).find((speakers) => speakers !== undefined);
    const throughout = new Set(terms.flatMap((term) => contextSlots(set, term)));
    for (let slot = 0; named !== undefined && slot < set.size; slot += 1) {
      if (named.has(speaker[slot]!)) throughout.add(slot);
    }
    for (const slot of throughout) if (isCandidate(slot)) add(entryOf(inNote, slot), idf);
    const units = new Set(terms.flatMap((term) => unitsHaving(set, term)));
    const having = new Set(throughout);
    for (const unit of units) {
      const slot = set.text.slotOf[unit]!;
      if (!isCandidate(slot) || throughout.has(slot)) continue;
      add(entryOf(inUnit, unit), idf);
      having.add(slot);
    }
    if (named === undefined) continue;
    names += 1;
    for (const slot of having) namesHad.set(slot, (namesHad.get(slot) ?? 0) + 1);
  }

  const coverages = new Map<number, number>();
  // Only what was said can be meant: a date or a name alone is no event.
  for (const [unit, own] of inUnit) {
    const slot = set.text.slotOf[unit]!;
    // What one person did is no answer to what another did, however alike the words are.
    if ((namesHad.get(slot) ?? 0) < names) continue;
    const note = inNote.get(slot) ?? nothing;
    const coverage = Math.min((own.mass + note.mass) / all.mass, (own.words + note.words) / all.words);
    coverages.set(slot, Math.max(coverages.get(slot) ?? 0, coverage));
  }
  return [...coverages]
    .map(([slot, coverage]) => ({ slot, coverage }))
    .filter((candidate) => !repeats(set, candidate, coverages))
    .sort((a, b) => b.coverage - a.coverage || a.slot - b.slot);
}

interface Having {
  words: number;
  mass: number;
}

const nothing: Having = { words: 0, mass: 0 };

function add(having: Having, idf: number): void {
  having.words += 1;
  having.mass += idf;
}

function entryOf(entries: Map<number, Having>, key: number): Having {
  const entry = entries.get(key) ?? { words: 0, mass: 0 };
  entries.set(key, entry);
  return entry;
}

/** The words of a part, each by the stems of all its forms. */
function wordsOf(part: string, analyzer: RecognitionInput['analyzer']): readonly (readonly string[])[] {
  const words = new Map<string, readonly string[]>();
  const regular = new Set(analyzer.stems(part));
  for (const word of analyzer.words(part)) {
    const forms = verbForms(word);
    if (forms.length === 0) continue;
    const stems = [...new Set(forms.flatMap((form) => analyzer.stems(form)))];
    if (!stems.some((stem) => regular.has(stem))) continue;
    for (const stem of stems) regular.delete(stem);
    words.set(stems.join(), stems);
  }
  for (const stem of regular) words.set(stem, [stem]);
  return [...words.values()].slice(0, limits.queryTerms);
}

function unitsHaving(set: WorkingSet, term: number): readonly number[] {
  const found: number[] = [];
  set.text.forEachRun(term, (units, _frequencies, start, end) => {
    for (let index = start; index < end; index += 1) found.push(units[index]!);
  });
  return found;
}

/** Notes that have a word in their date, place or context line. */
function contextSlots(set: WorkingSet, term: number): readonly number[] {
  const slots: number[] = [];
  set.context.forEachRun(term, (units, _frequencies, start, end) => {
    for (let index = start; index < end; index += 1) {
      const slot = set.context.slotOf[units[index]!]!;
      if (slot >= 0) slots.push(slot);
    }
  });
  return slots;
}

/** An assistant's answer repeats what it answers; the two are one moment, and what was said is the event. */
function repeats(set: WorkingSet, { slot, coverage }: Candidate, coverages: ReadonlyMap<number, number>): boolean {
  const { role, previous } = set.slots;
  const before = previous[slot]!;
  if (role[slot] !== roleCodes.assistant || before < 0 || role[before] === roleCodes.assistant) return false;
  return (coverages.get(before) ?? 0) >= Math.min(coverage, recognition.coverageMin);
}

function speakersByStem(set: WorkingSet, analyzer: Pick<Analyzer, 'stems'>): ReadonlyMap<string, ReadonlySet<number>> {
  const named = new Map<string, Set<number>>();
  for (let speaker = 0; speaker < set.speakers.size; speaker += 1) {
    if (set.speakers.countOf(speaker) === 0) continue;
    for (const stem of analyzer.stems(set.speakers.nameOf(speaker))) {
      const having = named.get(stem) ?? new Set();
      having.add(speaker);
      named.set(stem, having);
    }
  }
  return named;
}
