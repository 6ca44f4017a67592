import { attributesAsked } from '../language/attributes.ts';
import { claimKey, topicKey } from '../memory/claim.ts';
import type { NoteId } from '../memory/ids.ts';
import type { RecalledFact } from '../memory/recall.ts';
import type { StoredNote } from '../memory/store.ts';
import type { CuePhrase, CuePhrases } from './cue-phrases.ts';
import { byWorth, type FactTime, type FactValue, factValues } from './fact-values.ts';

/** Where a cue asks for an attribute, by its key. */
export interface AskedSpan extends CuePhrase {
  /** Known by the table, so that an answer must speak of it. */
  readonly isNeeded: boolean;
}

/** What the cue asks for by the table of attributes. */
export function askedSpans(cue: string): readonly AskedSpan[] {
  const isLong = cue.length > 2 * endCharacters;
  const parts = isLong ? [0, cue.length - endCharacters] : [0];
  const spans = parts.flatMap((from) =>
    attributesAsked(isLong ? cue.slice(from, from + endCharacters) : cue).map(({ attribute, start, end }) => ({
      key: claimKey(attribute.name),
      start: from + start,
      end: from + end,
      isNeeded: !generalWords.test(cue.slice(from + start, from + end)),
    })),
  );
  // Asked twice in two clauses is asked once; "the mother of the mother" is two steps.
  return spans.map((span, index) => {
    const before = spans.slice(0, index).findLast(({ key }) => key === span.key);
    const isRepeated = before !== undefined && /[,;.?!]|\b(?:and|or)\b/.test(cue.slice(before.end, span.start));
    return isRepeated ? { ...span, isNeeded: false } : span;
  });
}

/** A question stands at one end of what is pasted with it. */
const endCharacters = 1_000;

/** Says only of what kind the answer is: "which city is the headquarters of ...". */
const generalWords =
  /^\s*(?:the |which |what )?(?:city|country|company|place|person|name|team|location|organi[sz]ation|school|state|town|language|type|kind|year|date|job|role|title)\s*$/i;

export interface FactPathsInput {
  readonly asked: readonly AskedSpan[];
  readonly phrases: Pick<CuePhrases, 'attributes' | 'words'>;
  /** Subjects that are held, with where the cue names them. */
  readonly subjects: readonly CuePhrase[];
  readonly bySubject: ClaimsBySubject;
  readonly time: FactTime;
}

/** By subject key, then by attribute key. */
export type ClaimsBySubject = ReadonlyMap<string, ReadonlyMap<string, readonly StoredNote[]>>;

export function claimsBySubject(claims: readonly StoredNote[]): Map<string, Map<string, StoredNote[]>> {
  const bySubject = new Map<string, Map<string, StoredNote[]>>();
  for (const one of claims) {
    const { claim } = one.note;
    if (claim === null) continue;
    const subject = claimKey(claim.subject);
    const byAttribute = bySubject.get(subject) ?? new Map<string, StoredNote[]>();
    bySubject.set(subject, byAttribute);
    const attribute = claimKey(claim.attribute);
    byAttribute.set(attribute, [...(byAttribute.get(attribute) ?? []), one]);
  }
  return bySubject;
}

/**
 * Answers to a cue over the claims that were read, best first. From each subject that the cue names, an attribute that it asks
 * for leads to a value, and from a value that is a subject itself another one leads on, each use of words once, up to
 * `hopsMax` steps. An answer must use every attribute that is asked for by the table; those that use most of the cue stand
 * first, then the steps whose words stand nearest to whom they are asked of. Pure.
 */
export function factPaths(input: FactPathsInput): readonly RecalledFact[] {
  const found: Path[] = [];
  for (const subject of input.subjects) {
    walk({ key: subject.key, values: [], used: [subject], distance: 0 }, subject, input, found);
  }
  const needed = input.asked.filter(({ isNeeded }) => isNeeded);
  const complete = found
    .filter(({ used }) => needed.every((span) => used.includes(span) || isInside(span, used)))
    .filter((path) => isToThePoint(path, input));
  const pointed = pointedAt(complete, input);
  const most = Math.max(0, ...pointed.map(coverage));
  const best = pointed
    .filter((path) => coverage(path) === most)
    .sort((a, b) => a.distance - b.distance || byWorth(lastOf(a).claim, lastOf(b).claim));
  return distinctTopics(best).slice(0, answersMax);
}

export const hopsMax = 3;
const answersMax = 8;
/** Values of one step that are followed. */
const followedMax = 4;
/** Paths looked at in all: a question of many names and words must not multiply. */
const pathsMax = 512;

interface Path {
  readonly key: string;
  readonly values: readonly FactValue[];
  readonly used: readonly CuePhrase[];
  /** Σ characters between the words of a step and the words of whom it is asked of. */
  readonly distance: number;
}

function walk(from: Path, subject: CuePhrase, input: FactPathsInput, found: Path[]): void {
  const held = input.bySubject.get(from.key);
  if (held === undefined || from.values.length === hopsMax || found.length >= pathsMax) return;
  for (const span of spansFor(held, input)) {
    if (from.used.some((other) => overlap(other, span))) continue;
    const values = factValues(held.get(span.key) ?? [], input.time);
    for (const value of values.slice(0, from.values.length === 0 ? answersMax : followedMax)) {
      const place = from.values.length === 0 ? subject : from.used.at(-1)!;
      const path = {
        key: claimKey(value.claim.note.claim?.value ?? ''),
        values: [...from.values, value],
        used: [...from.used, span],
        distance: from.distance + gap(place, span),
      };
      found.push(path);
      if (value.claim.note.claim?.polarity !== 'negative') walk(path, subject, input, found);
    }
  }
}

/** Words of the cue that ask for what is held: by the table where it knows them, else by the attribute's own words. */
function spansFor(held: ReadonlyMap<string, unknown>, { asked, phrases }: FactPathsInput): readonly CuePhrase[] {
  const known = asked.filter(({ key }) => held.has(key));
  const own = phrases.attributes.filter(({ key }) => held.has(key));
  return [...known, ...own.filter((span) => !known.some((other) => overlap(other, span)))];
}

/**
 * Whether the rest of the question lets the answer stand. Of several values those are meant that share a word with it, where
 * it has more than a word besides ("which classical musicians does she like?"); an attribute that is known by its own words only
 * must be a good part of what is asked ("the deadline for the deployment on the platform" is not any "deadline").
 */
function isToThePoint({ used, values }: Path, { asked, phrases }: FactPathsInput): boolean {
  const rest = phrases.words.filter((word) => ![...used, ...asked].some((span) => overlap(span, word)));
  const { claim } = values[values.length - 1]!.claim.note;
  if (claim?.isSingle === false && rest.length > 1) {
    const said = new Set(claimKey(claim.value).split(' ').map(singular));
    return rest.some(({ key }) => said.has(singular(key)));
  }
  const own = used.slice(1).filter((span) => !asked.some((other) => other === span));
  if (own.length === 0) return true;
  const covered = phrases.words.length - rest.length;
  return rest.length <= restMax || covered >= ownShareMin * phrases.words.length;
}

/** Where some of several values share a word with the rest of the question, these alone. */
function pointedAt(paths: readonly Path[], { phrases }: FactPathsInput): readonly Path[] {
  const shares = (path: Path): boolean => {
    const said = new Set(
      claimKey(lastOf(path).claim.note.claim?.value ?? '')
        .split(' ')
        .map(singular),
    );
    return phrases.words.some((word) => !path.used.some((span) => overlap(span, word)) && said.has(singular(word.key)));
  };
  const isOneOfSeveral = (path: Path): boolean => lastOf(path).claim.note.claim?.isSingle === false;
  return paths.some((path) => isOneOfSeveral(path) && shares(path))
    ? paths.filter((path) => !isOneOfSeveral(path) || shares(path))
    : paths;
}

const restMax = 1;
const ownShareMin = 0.4;

function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word;
}

function coverage({ used }: Path): number {
  return used.reduce((sum, { start, end }) => sum + end - start, 0);
}

function gap(a: CuePhrase, b: CuePhrase): number {
  return Math.max(0, Math.max(a.start, b.start) - Math.min(a.end, b.end));
}

function overlap(a: CuePhrase, b: CuePhrase): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Asked for by words that name someone or ask for something longer. */
function isInside(span: CuePhrase, used: readonly CuePhrase[]): boolean {
  return used.some(({ start, end }) => start <= span.start && span.end <= end);
}

function lastOf({ values }: Path): FactValue {
  return values[values.length - 1]!;
}

/** Of one topic only what one path leads to: two current values of one thing never stand beside each other undisputed. */
function distinctTopics(paths: readonly Path[]): readonly RecalledFact[] {
  const facts: RecalledFact[] = [];
  const values = new Set<NoteId>();
  const singles = new Set<string>();
  for (const path of paths) {
    const { claim, earlier, disputed } = lastOf(path);
    const held = claim.note.claim;
    if (held === null || values.has(claim.note.id)) continue;
    const topic = `${claim.note.scope.namespace}\n${topicKey(held)}`;
    if (held.isSingle && singles.has(topic)) continue;
    values.add(claim.note.id);
    singles.add(topic);
    facts.push({ path: path.values.map((value) => value.claim), earlier, disputed });
  }
  return facts;
}
