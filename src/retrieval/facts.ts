import { claimKey } from '../memory/claim.ts';
import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { RecalledFacts, RecallQuery } from '../memory/recall.ts';
import type { ReadScope } from '../memory/scope.ts';
import type { Store, StoredNote } from '../memory/store.ts';
import { type CuePhrase, cuePhrases } from './cue-phrases.ts';
import type { CueTime } from './cue-time.ts';
import { askedSpans, claimsBySubject, factPaths, hopsMax } from './fact-paths.ts';
import { tenseOf } from './tense.ts';

export interface FactsQuery extends Pick<RecallQuery, 'text' | 'asOf'> {
  readonly now: number;
  readonly times: readonly CueTime[];
  /** Whom a question in the first person is asked by, where the scope tells. */
  readonly asker: () => string | null;
  /** Notes that the caller's filter lets pass; null for all. */
  readonly passing: readonly NoteId[] | null;
}

export type ReadFacts = (read: ReadScope, query: FactsQuery) => Promise<RecalledFacts | null>;

/**
 * What is held as facts of whom a cue asks about: one read of the claims of everyone and everything that it may name, and one
 * more for each further step of a question such as "the city of Ann's employer". Nothing is kept between questions: what was
 * erased is no fact any more. Cost: a look at no more than 128 words of the cue, and indexed reads of few rows.
 */
export function newFacts(store: Pick<Store, 'claims'>): ReadFacts {
  return async (read, query) => {
    const phrases = cuePhrases(query.text);
    const subjects = [...phrases.subjects.slice(0, keysMax), ...persons(read, query, phrases.firstPerson)];
    const asked = askedSpans(query.text);
    const attributes = [...new Set([...asked, ...phrases.attributes.slice(0, keysMax)].map(({ key }) => key))];
    if (subjects.length === 0 || attributes.length === 0) return null;
    const passing = query.passing === null ? null : new Set(query.passing);
    const known = new Map<NoteId, StoredNote>();
    const looked = new Set<string>();
    let wanted = subjects.map(({ key }) => key);
    for (let hop = 0; hop < hopsMax && wanted.length > 0; hop += 1) {
      for (const key of wanted) looked.add(key);
      const claims = await store.claims(read, { subjects: [...new Set(wanted)], attributes, states, limit: claimsMax });
      for (const one of claims) {
        if (passing === null || passing.has(one.note.id)) known.set(one.note.id, one);
      }
      if (claims.length === 0 || hop + 1 >= Math.max(asked.length, 1) + openWords(claims)) break;
      const values = claims.map(({ note }) => claimKey(note.claim?.value ?? ''));
      wanted = [...new Set(values)].filter((key) => key !== '' && !looked.has(key)).slice(0, keysMax);
    }
    if (known.size === 0) return null;

    /** Words that may ask for a further step: those that neither name a subject that is held nor ask for what is known. */
    function openWords(claims: readonly StoredNote[]): number {
      const held = new Set(claims.map(({ note }) => claimKey(note.claim?.subject ?? '')));
      const spoken = [...subjects.filter(({ key }) => held.has(key)), ...asked];
      return phrases.words.filter((word) => !spoken.some(({ start, end }) => word.start < end && start < word.end))
        .length;
    }

    const bySubject = claimsBySubject([...known.values()]);
    const { asOf, now, times, text } = query;
    const answers = factPaths({
      asked,
      phrases,
      subjects: named(subjects, (key) => bySubject.has(key)),
      bySubject,
      time: { now, asOf, times, tense: tenseOf(text), asksFirst: first.test(text) },
    });
    return answers.length === 0 ? null : { answers };
  };
}

/** Keys of one kind in one read. */
const keysMax = 256;
/** Claims read at a step: of the few attributes asked for one subject has few values, and then their history. */
const claimsMax = limits.searchLimit * 2;
const states = ['active', 'invalidated'] as const;

const first = /\b(?:original(?:ly)?|initial(?:ly)?|at first|first|in the beginning|to begin with|at the start)\b/i;

/** Who asks: `user`, the name of the namespace, and the one who speaks in it. */
function persons(read: ReadScope, query: FactsQuery, at: CuePhrase | null): readonly CuePhrase[] {
  if (at === null) return [];
  const names = ['user', read.namespace.split('/').at(-1) ?? '', query.asker() ?? ''];
  return [...new Set(names.map(claimKey))].filter((key) => key !== '').map((key) => ({ ...at, key }));
}

/** The subjects that are held; of names inside one another the longest. */
function named(subjects: readonly CuePhrase[], isHeld: (key: string) => boolean): readonly CuePhrase[] {
  const held = subjects.filter(({ key }) => isHeld(key));
  return held.filter(
    (one) =>
      !held.some(
        (other) => other.start <= one.start && one.end <= other.end && other.end - other.start > one.end - one.start,
      ),
  );
}
