import type { RecalledFact, RecalledFacts } from '../memory/recall.ts';
import type { StoredNote } from '../memory/store.ts';
import { neutral, neutralName } from './neutral.ts';
import { dayOf, type Rendering } from './render.ts';

/**
 * Facts as lines of a context, best first: what holds, since when, what held before, what is disputed. Each begins with a
 * label of ours, as every line of a context does; a label is the id of the claim, or `f1`, `f2` by their places.
 */
export function factLines(
  { answers }: RecalledFacts,
  how: Pick<Rendering, 'fullIds' | 'now' | 'asOf'>,
): readonly string[] {
  return answers.flatMap((fact, index) => {
    const last = fact.path.at(-1);
    if (last === undefined) return [];
    const label = `[${how.fullIds ? last.note.id : `f${index + 1}`}]`;
    const marks = marksOf(fact, last, how);
    return [`${label} ${fact.path.map(stated).join('; ')}${marks.length === 0 ? '' : ` (${marks.join('; ')})`}`];
  });
}

export const factsHeading = '# Facts on what is asked';

/** Everything in the lines that a writer chose. */
export function factWords({ answers }: RecalledFacts): readonly string[] {
  return answers.flatMap(({ path, earlier, disputed }) =>
    [...path, ...earlier, ...disputed].flatMap(({ note: { claim } }) =>
      claim === null ? [] : [claim.subject, claim.attribute, claim.value],
    ),
  );
}

function stated({ note: { claim } }: StoredNote): string {
  if (claim === null) return '';
  return `${neutralName(claim.subject)}, ${neutralName(claim.attribute)}: ${shownValue(claim)}`;
}

function shownValue({ value, polarity }: Pick<NonNullable<StoredNote['note']['claim']>, 'value' | 'polarity'>): string {
  const line = neutral(value)
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
  const shown = line.length > valueCharacters ? `${line.slice(0, valueCharacters).toWellFormed()}…` : line;
  return polarity === 'negative' ? `not ${shown}` : shown;
}

/** A value is a name or a few words. */
const valueCharacters = 160;
const earlierShown = 4;

function marksOf(
  { earlier, disputed }: RecalledFact,
  last: StoredNote,
  { now, asOf }: Pick<Rendering, 'now' | 'asOf'>,
) {
  const { validAt, invalidAt, supersededBy, trust, origin } = last.note;
  const isEnded = supersededBy !== null || (invalidAt !== null && invalidAt <= (asOf ?? now));
  const from = validAt === null ? '' : ` since ${dayOf(validAt)}`;
  const until = invalidAt === null ? '' : ` until ${dayOf(invalidAt)}`;
  const marks = [isEnded ? `no longer; held${from}${until}` : `${asOf === null ? 'current' : 'held'}${from}${until}`];
  const shown = earlier.slice(-earlierShown);
  if (shown.length > 0) marks.push(`earlier ${shown.map(ended).join(', ')}`);
  if (disputed.length > 0) marks.push(`disputed: also ${disputed.map(({ note }) => claimValue(note)).join(', ')}`);
  if (trust === 0) marks.push('untrusted');
  else if (trust === 1 && origin !== 'derived') marks.push('unverified');
  return marks;
}

function ended({ note }: StoredNote): string {
  return `${claimValue(note)}${note.invalidAt === null ? '' : ` until ${dayOf(note.invalidAt)}`}`;
}

function claimValue({ claim }: StoredNote['note']): string {
  return claim === null ? '' : shownValue(claim);
}
