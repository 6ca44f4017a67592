import type { StandingNote } from '../memory/recall.ts';
import type { StoredNote } from '../memory/store.ts';
import { bodyOf, line, type Rendering, standingHeading } from './render.ts';

/** A standing instruction or preference as it will stand in a text. */
export interface StandingDraft {
  readonly id: string;
  readonly stored: StoredNote;
  readonly body: string;
  readonly rank: number;
  readonly times: number;
  readonly isNeighbour: false;
  readonly isStanding: true;
  /** Only the sentences that tell what to do are in it. */
  readonly isCut: boolean;
  readonly tokens: number;
}

export interface StandingDraftParts {
  readonly how: Rendering;
  readonly count: (text: string) => number;
  /** Of the whole text. */
  readonly tokensMax: number;
}

/**
 * Best first, as many as their share of the text has room for: a short note whole, of a long one the sentences that count. Cost:
 * the tokens of each until the share is full.
 */
export function newStandingDrafts(
  notes: readonly StandingNote[],
  { how, count, tokensMax }: StandingDraftParts,
): readonly StandingDraft[] {
  const drafts: StandingDraft[] = [];
  let left = Math.floor(tokensMax * standingShare) - count(`${standingHeading}\n`);
  const wholeMax = Math.max(wholeTokensMin, tokensMax * wholeShare);
  for (const { stored, sentences } of notes) {
    const draft = [bodyOf(stored.note.text), partOf(sentences)]
      .map((body, part) => ({ body, isCut: part === 1, tokens: cost(stored, body) }))
      .find(({ tokens, isCut }) => tokens <= left && (isCut ? tokensMax >= cutTokensMin : tokens <= wholeMax));
    if (draft === undefined || draft.body === '') continue;
    left -= draft.tokens;
    const { id } = stored.note;
    drafts.push({ id, stored, rank: drafts.length, times: 1, isNeighbour: false, isStanding: true, ...draft });
  }
  return drafts;

  function cost(stored: StoredNote, body: string): number {
    if (body.length > tokensMax * charactersPerTokenMax) return Number.POSITIVE_INFINITY;
    return count(`${line({ stored, body, times: 1 }, 1, new Map(), { ...how, headings: false })}\n`);
  }
}

/** What they cost together, with their heading. */
export function standingTokens(drafts: readonly StandingDraft[], count: (text: string) => number): number {
  if (drafts.length === 0) return 0;
  return drafts.reduce((sum, { tokens }) => sum + tokens, count(`${standingHeading}\n`));
}

function partOf(sentences: readonly string[]): string {
  return bodyOf(`\u2026 ${sentences.join(' \u2026 ')} \u2026`);
}

/** Of a text's tokens: in 2,000 that are some eight instructions. */
const standingShare = 0.15;
/** A note that would take more of the text is cut to what it tells. */
const wholeShare = 0.07;
/** Nothing is cut that is no longer than an instruction. */
const wholeTokensMin = 40;
/** In a smaller text a part of one costs a whole one. */
const cutTokensMin = 1_000;
/** Prose has four or five. */
const charactersPerTokenMax = 8;
