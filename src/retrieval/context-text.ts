import type { Analyzer } from '../memory/analyzer.ts';
import type { ContextOrder } from '../memory/context-order.ts';
import type { NeighbourNote, RecalledFacts, RecalledNote, StandingNote } from '../memory/recall.ts';
import type { StoredNote } from '../memory/store.ts';
import type { TokenCounter } from '../memory/tokens.ts';
import { type Draft, newDraft } from './draft.ts';
import { factLines, factsHeading, factWords } from './fact-lines.ts';
import { newFence } from './fence.ts';
import { type FitPolicy, fitted } from './fit.ts';
import { folded } from './folded.ts';
import { arranged } from './layout.ts';
import { frame, heading, type Rendering, rendered } from './render.ts';
import { newStandingDrafts, standingTokens } from './standing-drafts.ts';

export interface ContextTextInput {
  readonly cue: string;
  /** Best first. */
  readonly hits: readonly RecalledNote[];
  /** What stands near hits. Hits may be among them. */
  readonly around: readonly NeighbourNote[];
  /** Standing instructions and preferences that bear on the cue, best first; they stand before all other memories. */
  readonly standing?: readonly StandingNote[];
  /** Facts that the cue asks about; they stand before the memories. Left out or null for none. */
  readonly facts?: RecalledFacts | null;
  readonly tokensMax: number;
  readonly order: ContextOrder;
  readonly how: Omit<Rendering, 'headings'>;
  readonly analyzer: Pick<Analyzer, 'stems'>;
  readonly counter: TokenCounter;
  readonly random: (bytes: Uint8Array) => Uint8Array;
  readonly policy?: FitPolicy;
}

export interface ContextText {
  /** Ready for a prompt, of at most `tokensMax` tokens; empty when nothing was found or fits. */
  readonly text: string;
  readonly tokens: number;
  /** In the order of the text. */
  readonly used: readonly UsedMemory[];
  /** Hits left out because a better one says the same, and for want of room. */
  readonly dropped: { readonly folded: number; readonly room: number };
}

export interface UsedMemory {
  readonly stored: StoredNote;
  readonly isNeighbour: boolean;
  /** Stands there for what it tells to do, with its like. */
  readonly isStanding: boolean;
  /** Only its best parts are in the text. */
  readonly isCut: boolean;
}

/** From hits to a text for a prompt. Pure but for the bytes that `random` draws. */
export function contextText(input: ContextTextInput): ContextText {
  const { counter, order, tokensMax, analyzer } = input;
  const how: Rendering = { ...input.how, headings: order === 'chronological' };
  const { hits, times } = folded(input.hits);
  const fence = newFence(input.random, [
    ...[...hits, ...input.around, ...(input.standing ?? [])].flatMap(({ stored }) => wordsOf(stored)),
    ...(input.facts == null ? [] : factWords(input.facts)),
  ]);
  const facts = factsFor(input, how);
  const room = tokensMax - counter.count([frame(fence, how), ...facts].join('\n')) - 1;
  const parts = {
    how,
    count: counter.count,
    headingTokens: newHeadingTokens(how, counter),
    cueStems: [...new Set(analyzer.stems(input.cue))],
    stems: analyzer.stems,
  };
  const drafts = hits.map(({ stored }, rank) => newDraft({ stored, rank, times: times[rank]! }, parts));
  const filled = (from: readonly Draft[], tokensLeft: number) =>
    fitted({
      hits: from,
      around: (hit: Draft) =>
        input.around
          .filter((near) => near.of === hit.id && belongsTo(near, hit.stored))
          .map(({ stored }) => newDraft({ stored, rank: hit.rank, times: 1 }, parts)),
      tokensMax: tokensLeft,
      ...(input.policy !== undefined && { policy: input.policy }),
    });
  let told = newStandingDrafts(input.standing ?? [], { ...parts, tokensMax });
  let chosen = told.every(({ isCut }) => !isCut) ? [] : filled(drafts, room);
  // What stands among the hits in full is not cut for the sake of standing first.
  const whole = new Set(chosen.filter(({ isCut }) => !isCut).map(({ item }) => item.id));
  told = told.filter(({ id, isCut }) => !isCut || !whole.has(id));
  if (told.length > 0 || chosen.length === 0) {
    const ids = new Set(told.map(({ id }) => id));
    chosen = filled(
      drafts.filter(({ id }) => !ids.has(id)),
      room - standingTokens(told, parts.count),
    ).filter(({ item }) => !ids.has(item.id));
  }
  for (;;) {
    const items = chosen.map(({ item, isNeighbour, isCut }) => ({
      ...item,
      body: item.body(),
      isNeighbour,
      isCut,
      isStanding: false,
    }));
    const used = [...told, ...arranged(items, order)];
    const text = used.length + facts.length === 0 ? '' : rendered(used, fence, how, facts);
    const tokens = counter.count(text);
    if (tokens <= tokensMax || used.length === 0) {
      const ids = new Set(used.filter(({ isNeighbour }) => !isNeighbour).map(({ stored }) => stored.note.id));
      const hitsUsed = hits.filter(({ stored }) => ids.has(stored.note.id)).length;
      return {
        text,
        tokens,
        used,
        dropped: { folded: times.reduce((sum, count) => sum + count, 0) - hits.length, room: hits.length - hitsUsed },
      };
    }
    // Lines are counted one by one; should they cost more together, the last one chosen goes.
    if (chosen.length > 0) chosen = chosen.slice(0, -1);
    else told = told.slice(0, -1);
  }
}

/** The best facts, as many as may stand there, under their heading. */
function factsFor({ facts, tokensMax, counter }: ContextTextInput, how: Rendering): readonly string[] {
  if (facts == null) return [];
  const lines: string[] = [factsHeading];
  for (const line of factLines(facts, how)) {
    if (counter.count([...lines, line].join('\n')) > tokensMax * factsShare) break;
    lines.push(line);
  }
  return lines.length > 1 ? lines : [];
}

/** A fact is some 25 tokens: in 500 tokens there is room for three, and they are what is asked for. */
const factsShare = 0.2;

/** So many hits, the best, have neighbours brought along. */
export const hitsWithNeighbours = 5;

/**
 * What is asked beside a short hit, or answered. This much contiguity takes .4 of a hundred from the evidence found in 500
 * or 1,000 tokens of LoCoMo's turns, and nothing from more, nor from BEAM's; all neighbours of all hits take up to five.
 */
function belongsTo({ stored, distance }: NeighbourNote, hit: StoredNote): boolean {
  const [before, after] = distance < 0 ? [stored, hit] : [hit, stored];
  return asks.test(before.note.text) && [before, after].every(({ note }) => note.text.length < shortCharacters);
}

const asks = /[?？؟]/;
/** Sixty words: where a turn begins to stand by itself. */
const shortCharacters = 300;

/** Everything of a memory that its writer chose and that may be shown. */
function wordsOf({ note, episode }: StoredNote): readonly string[] {
  return [note.text, note.scope.namespace, episode?.speaker ?? '', episode?.place ?? ''];
}

/** Counts a heading once for all that stand under it. */
function newHeadingTokens(how: Rendering, counter: TokenCounter): (stored: StoredNote) => number {
  const counts = new Map<string, number>();
  return (stored) => {
    const text = `${heading(stored, how)}\n`;
    const tokens = counts.get(text) ?? counter.count(text);
    counts.set(text, tokens);
    return tokens;
  };
}
