import { type Claim, claimKey } from '../memory/claim.ts';
import type { Json } from '../memory/episode.ts';
import type { StoredNote } from '../memory/store.ts';
import type { EventTimes } from './event-times.ts';
import { pairSimilarity, wordCosine } from './near-duplicates.ts';
import { isBoundToItsMoment, isBoundToItsTurn } from './said-once.ts';
import { type Statement, statementOf } from './statement-words.ts';

/**
 * Whether two notes of one scope say the same, so that the later one may be archived for the earlier: how alike their words
 * are, 0 to 1, or null when they must stay apart.
 *
 * Alike enough is a cosine of word counts of .97 or a Jaccard similarity of word pairs of .9. That alone is not enough: of
 * two long texts that differ in one number, date, name or "not" it is true as well. So beyond what `statementOf` leaves out
 * only a few words that link may differ. A merge that was not made costs a row; a wrong one costs a memory.
 *
 * Pure. Cost: O(words).
 */
export function mergeable(older: StoredNote, newer: StoredNote, timesOf: EventTimes): number | null {
  if (!isSameOtherwise(older, newer)) return null;
  const [one, other] = [statementOf(older.note.text), statementOf(newer.note.text)];
  const cosine = wordCosine(one.words, other.words);
  const pairs = pairSimilarity(one.words, other.words);
  const isAlike = cosine >= cosineMin || pairs >= pairSimilarityMin;
  if (!isAlike || !hasSameWords(one, other)) return null;
  if (isBoundToItsTurn(one.words)) return null;
  if (!isSameMoment(older, newer)) {
    if (isBoundToItsMoment(one.words)) return null;
    if (!hasSameTimes(timesOf(older.note.text, saidAt(older)), timesOf(newer.note.text, saidAt(newer)))) return null;
  }
  return Math.round(Math.max(cosine, pairs) * 1_000) / 1_000;
}

const cosineMin = 0.97;
const pairSimilarityMin = 0.9;

/** Everything but the words: who said it, how far it is trusted, where, what callers filter by, what is held of it. */
function isSameOtherwise(older: StoredNote, newer: StoredNote): boolean {
  const [one, other] = [older.note, newer.note];
  return (
    one.id !== other.id &&
    one.kind === other.kind &&
    one.kind !== 'summary' &&
    one.state === 'active' &&
    other.state === 'active' &&
    one.trust === other.trust &&
    // What is pinned is never archived by a pass, and nothing is kept for less long than somebody said.
    !other.isPinned &&
    (one.expiresAt ?? Infinity) >= (other.expiresAt ?? Infinity) &&
    one.validAt === other.validAt &&
    one.invalidAt === other.invalidAt &&
    one.expiredAt === other.expiredAt &&
    (older.episode?.speaker ?? null) === (newer.episode?.speaker ?? null) &&
    (older.episode?.role ?? null) === (newer.episode?.role ?? null) &&
    (older.episode?.place ?? null) === (newer.episode?.place ?? null) &&
    isSameClaim(one.claim, other.claim) &&
    other.tags.every((tag) => one.tags.includes(tag)) &&
    canonical(one.metadata) === canonical(other.metadata)
  );
}

function isSameClaim(one: Claim | null, other: Claim | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.polarity === other.polarity &&
    claimKey(one.subject) === claimKey(other.subject) &&
    claimKey(one.attribute) === claimKey(other.attribute) &&
    claimKey(one.value) === claimKey(other.value)
  );
}

/** JSON whose objects have their keys in order. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join()}}`;
}

/** The same words in the same order, but for words that only link; and no name where the other has a word. */
function hasSameWords(one: Statement, other: Statement): boolean {
  const [left, right] = [telling(one), telling(other)];
  return (
    left.length === right.length &&
    left.every((at, index) => {
      const against = right[index] ?? 0;
      return one.words[at] === other.words[against] && isSameName(one, at, other, against);
    })
  );
}

function telling({ words }: Statement): readonly number[] {
  return words.flatMap((word, index) => (linking.has(word) ? [] : [index]));
}

const linking: ReadonlySet<string> = new Set('that also actually basically simply indeed'.split(' '));

/** "Polish" and "polish", "US" and "us": the case of a letter may be all that tells a name. */
function isSameName(one: Statement, at: number, other: Statement, against: number): boolean {
  const [left, right] = [one.spellings[at] ?? '', other.spellings[against] ?? ''];
  if (left === right || left.toLowerCase() !== right.toLowerCase()) return true;
  if (nameOrWord.has(left.toLowerCase())) return false;
  if (hasNoCase(one) || hasNoCase(other)) return true;
  const isShouted = [left, right].some((spelling) => spelling.length >= 5 && spelling === spelling.toUpperCase());
  return isShouted || one.begins[at] === true || other.begins[against] === true;
}

/** What a contraction is written out to has small letters in any text. */
function hasNoCase({ spellings }: Statement): boolean {
  const text = spellings.filter((spelling) => !['I', 'not', 'am', 'are', 'have', 'will'].includes(spelling)).join('');
  return text === text.toLowerCase() || text === text.toUpperCase();
}

const nameOrWord: ReadonlySet<string> = new Set(
  `us it who polish turkey china march may will mark bill rose rich frank grace faith hope joy dawn jack guy rob sue pat drew
  grant reading nice bath mobile orange apple amazon target shell gap visa amber ruby jade pearl iris lily daisy violet olive
  ginger basil sage june april august summer autumn job jordan chip wade chase hunter mason cook baker smith brown green white
  black young long king queen west north south east aids windows word office teams meet zoom slack notion steam python java
  rust go swift ruby crown chase uber`.split(/\s+/u),
);

/** Said on one day, as far as "today" is concerned. */
function isSameMoment(older: StoredNote, newer: StoredNote): boolean {
  return Math.floor(saidAt(older) / dayMs) === Math.floor(saidAt(newer) / dayMs);
}

const dayMs = 86_400_000;

function saidAt({ note, episode }: StoredNote): number {
  return episode?.eventAt ?? note.createdAt;
}

function hasSameTimes(one: ReturnType<EventTimes>, other: ReturnType<EventTimes>): boolean {
  return (
    one.length === other.length &&
    one.every(({ from, until }, index) => other[index]?.from === from && other[index]?.until === until)
  );
}
