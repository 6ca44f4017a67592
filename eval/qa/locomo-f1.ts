import { stemmer } from '@orama/stemmers/english';
import { mean } from '../statistics.ts';

/**
 * LoCoMo's score of an answer (`task_eval/evaluation.py`), by category of its code, 0 to 1:
 * 1 multi-hop: both sides are cut at commas; the mean over parts of the gold answer of the best F1 of any part given;
 * 2 temporal, 4 single-hop: token F1; 3 open-domain: token F1 against the gold answer up to its first `;`;
 * 5 adversarial: 1 when the answer says that there is no such information.
 *
 * One difference is known: its stemmer is NLTK's, which has some words of its own beside Porter's rules ("dying").
 */
export function locomoScore(category: number, answer: string, gold: string): number {
  switch (category) {
    case 1:
      return mean(parts(gold).map((wanted) => Math.max(...parts(answer).map((given) => tokenF1(given, wanted)))));
    case 3:
      return tokenF1(answer, gold.split(';', 1)[0] ?? '');
    case 5:
      return saysItIsUnknown(answer) ? 1 : 0;
    default:
      return tokenF1(answer, gold);
  }
}

/** Harmonic mean of precision and recall over stems, repeats counted; 0 when nothing is shared. */
export function tokenF1(answer: string, gold: string): number {
  const given = normalTokens(answer);
  const wanted = normalTokens(gold);
  const left = new Map<string, number>();
  for (const token of wanted) left.set(token, (left.get(token) ?? 0) + 1);
  let shared = 0;
  for (const token of given) {
    const count = left.get(token) ?? 0;
    if (count === 0) continue;
    left.set(token, count - 1);
    shared += 1;
  }
  if (shared === 0) return 0;
  const precision = shared / given.length;
  const recall = shared / wanted.length;
  return (2 * precision * recall) / (precision + recall);
}

/** Lower case without ASCII punctuation; articles and the word "and" are dropped; stems of what white space parts. */
export function normalTokens(text: string): readonly string[] {
  return text
    .toLowerCase()
    .replace(/[!-/:-@[-`{-~]/g, '')
    .replace(/\b(?:a|an|the|and)\b/g, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => stemmer(word));
}

export function saysItIsUnknown(answer: string): boolean {
  const said = answer.toLowerCase();
  return said.includes('no information available') || said.includes('not mentioned');
}

function parts(text: string): readonly string[] {
  return text.split(',').map((part) => part.trim());
}
