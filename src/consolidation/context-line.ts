import { limits } from '../memory/limits.ts';

/** What is known beside a text. */
export interface Surroundings {
  /** Who said it, by name. */
  readonly speaker: string | null;
  /** When, milliseconds since 1970; null when nothing happened then. */
  readonly at: number | null;
  readonly place: string | null;
  /** What the turns before it are about, most telling first. */
  readonly topic: readonly string[];
  readonly previous: { readonly speaker: string | null; readonly text: string } | null;
}

/**
 * One line that says what a turn leaves out: "Ann, 8 May 2023, in Lisbon; about pottery, Clara; after Ben: \"How did that come about?\"".
 * Null when it would only repeat what stands beside the note anyway: a date alone is no context.
 */
export function contextLine({ speaker, at, place, topic, previous }: Surroundings): string | null {
  if (speaker === null && place === null && topic.length === 0 && previous === null) return null;
  const head = [speaker, at === null ? null : dayOf(at), place === null ? null : `in ${place}`].filter(
    (part) => part !== null,
  );
  const parts = [
    head.join(', '),
    topic.length === 0 ? '' : `about ${topic.join(', ')}`,
    previous === null
      ? ''
      : `after ${previous.speaker === null ? '' : `${previous.speaker}: `}"${shortened(previous.text)}"`,
  ];
  return cut(parts.filter((part) => part !== '').join('; '), limits.derivedContextCharacters);
}

/** Up to three words. Keywords that turns have in common count before those of the nearest one. */
export function topicOf(keywordsBefore: readonly (readonly string[])[], own: readonly string[]): readonly string[] {
  const known = new Set(own.map((word) => word.toLowerCase()));
  const votes = new Map<string, { spelling: string; votes: number }>();
  for (const keywords of keywordsBefore) {
    for (const [rank, spelling] of keywords.entries()) {
      const key = spelling.toLowerCase();
      if (known.has(key)) continue;
      const held = votes.get(key) ?? { spelling, votes: 0 };
      votes.set(key, { ...held, votes: held.votes + 1 / (rank + 1) });
    }
  }
  return [...votes.entries()]
    .sort(([one, a], [other, b]) => b.votes - a.votes || (one < other ? -1 : 1))
    .slice(0, topicWords)
    .map(([, { spelling }]) => spelling);
}

/** Turns before a note whose keywords are its topic. */
export const topicTurns = 4;
const topicWords = 3;
const previousCharacters = 100;

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** On one line, without what would end the quotation. */
function shortened(text: string): string {
  return cut(text.replaceAll(/\s+/g, ' ').replaceAll('"', "'").trim(), previousCharacters);
}

/** At most so many UTF-16 units, cut after a word where there is one near, never through a character. */
export function cut(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  const head = text.slice(0, charactersMax - 1);
  const space = head.lastIndexOf(' ');
  const kept = space > charactersMax / 2 ? head.slice(0, space) : head.isWellFormed() ? head : head.slice(0, -1);
  return `${kept}\u2026`;
}
