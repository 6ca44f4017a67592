import type { Claim } from '../memory/claim.ts';

/** A claim as one sentence: "Ann's employer is Acme.", "Ann likes tea.". For people to read, and to be found by its words. */
export function claimText({ subject, attribute, value, polarity }: Claim): string {
  const isNegative = polarity === 'negative';
  const verb = verbs[attribute];
  if (verb !== undefined) return `${named(subject)} ${isNegative ? verb.negative : verb.positive} ${value}.`;
  return `${possessive(subject)} ${attribute} is ${isNegative ? 'not ' : ''}${value}.`;
}

const verbs: Readonly<Record<string, { readonly positive: string; readonly negative: string }>> = {
  likes: { positive: 'likes', negative: 'does not like' },
  plan: { positive: 'plans to', negative: 'does not plan to' },
  possession: { positive: 'has', negative: 'does not have' },
  uses: { positive: 'uses', negative: 'does not use' },
  residence: { positive: 'lives in', negative: 'does not live in' },
  employer: { positive: 'works for', negative: 'does not work for' },
  spouse: { positive: 'is married to', negative: 'is not married to' },
  allergy: { positive: 'is allergic to', negative: 'is not allergic to' },
};

function named(subject: string): string {
  return subject === 'user' ? 'The user' : subject;
}

function possessive(subject: string): string {
  const name = named(subject);
  return /s$/i.test(name) ? `${name}'` : `${name}'s`;
}
