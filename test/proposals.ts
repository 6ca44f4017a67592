import type { Proposals } from '../src/consolidation/plan.ts';

/** What a model that says only this would have proposed. */
export function scriptedProposals(overrides: Partial<Proposals>): Proposals {
  return { by: 'model:scripted', notes: new Map(), links: [], evolutions: [], claims: [], ...overrides };
}
