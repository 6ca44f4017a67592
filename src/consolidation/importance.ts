import type { StemStatistics } from './keywords.ts';

export interface ImportanceInput {
  readonly text: string;
  readonly stems: readonly string[];
  /** Whether it names a person, place or thing. */
  readonly isNaming: boolean;
  /** Whether it speaks of a time. */
  readonly isDated: boolean;
  /** Whether it asks and states nothing. */
  readonly isQuestion: boolean;
}

/**
 * How much a note is likely to be asked for, 0 to 1; .5 is ordinary.
 *
 *   .2 + .3 · novelty + .15 fact + .15 commitment + .05 denial + .1 number or date + .05 name - .15 question
 *   novelty = mean over stems of ln((n + 1) / (notes with the stem + 1)) / ln(n + 1),  times min(1, stems / 8)
 *
 * and .9 at least where someone asks for it to be remembered. `fact`: first person with a verb of being, having or doing
 * that says something lasting of the speaker. `commitment`: a plan, promise or appointment. Novelty is .5 in an empty
 * scope. The numbers were set by hand so that a turn of small talk comes to .3, a plain statement to .5, and a dated plan of
 * one's own to .8; nothing was fitted.
 * Pure. Cost: O(words).
 */
export function importanceOf(input: ImportanceInput, statistics: StemStatistics): number {
  const { text, isNaming, isDated, isQuestion } = input;
  const head = text.slice(0, charactersMax);
  const score =
    0.2 +
    0.3 * noveltyOf(input.stems, statistics) +
    (fact.test(head) ? 0.15 : 0) +
    (commitment.test(head) ? 0.15 : 0) +
    (denial.test(head) ? 0.05 : 0) +
    (isDated || quantity.test(head) ? 0.1 : 0) +
    (isNaming ? 0.05 : 0) -
    (isQuestion ? 0.15 : 0);
  const asked = remember.test(head) && !isQuestion ? Math.max(score, askedFor) : score;
  return Math.round(Math.min(1, Math.max(0, asked)) * 1_000) / 1_000;
}

const charactersMax = 4_000;
const askedFor = 0.9;
const stemsTelling = 8;

const fact =
  /\b(?:I|I'm|I\u2019m|I've|I\u2019ve|my|we|our)\b[^.?!\n]{0,60}?\b(?:am|is|are|was|were|live|lives|work|works|study|have|has|had|own|bought|moved|started|joined|got|love|like|hate|prefer|adopted|married|born|named|called|allergic|grew|met|lost|won|quit|changed)\b|\bI['\u2019]m (?:a|an|the|from|in|at|allergic)\b|\bmy (?:name|birthday|favou?rite|job|wife|husband|son|daughter|mother|father|sister|brother)\b/i;
const commitment =
  /\b(?:I|we)(?:['\u2019]ll| will| am going to|['\u2019]m going to| plan| promise| have to| need to| must| want to| intend|['\u2019]re going to| are going to)\b|\b(?:appointment|deadline|remind me|planning to|scheduled|signed up|due (?:on|by))\b/i;
const denial = /\b(?:not|never|no longer|n['\u2019]t|nobody|nothing|none)\b|n['\u2019]t\b/i;
const quantity = /\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million)\b/i;
const remember =
  /\b(?:remember (?:that|this|to|my|me|I|we)|don['\u2019]t forget|keep in mind|note (?:that|down)|make a note|for (?:the|your) record|never forget|important to (?:remember|know)|from now on|always (?:answer|use|call|tell|include|write))\b/i;

function noveltyOf(stems: readonly string[], { notes, having }: StemStatistics): number {
  const distinct = new Set(stems);
  if (notes === 0) return 0.5 * Math.min(1, distinct.size / stemsTelling);
  let sum = 0;
  for (const stem of distinct) sum += Math.log((notes + 1) / (having(stem) + 1));
  return (sum / Math.max(1, distinct.size) / Math.log(notes + 1)) * Math.min(1, distinct.size / stemsTelling);
}
