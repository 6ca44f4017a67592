/** Something that may stand in a text of limited length, in tokens. */
export interface Candidate {
  /** Nothing is taken twice. */
  readonly id: string;
  /** Of its text: a cheap measure of what it may cost. */
  readonly characters: number;
  /** What the whole of it costs; anything over `tokensMax` when it surely costs more than that. */
  readonly tokens: (tokensMax: number) => number;
  /** Makes a part of it that costs at most so much and says what that costs; null when no part is worth it. */
  readonly cutTo: (tokensMax: number) => number | null;
  /** The heading it stands under, which is paid for once; null for none. */
  readonly heading: { readonly key: string; readonly tokens: number } | null;
}

export interface FitInput<Item extends Candidate> {
  /** Best first. */
  readonly hits: readonly Item[];
  /** What stands around a hit, nearest first. Hits may be among them. */
  readonly around: (hit: Item) => readonly Item[];
  readonly tokensMax: number;
  readonly policy?: FitPolicy;
}

export interface FitPolicy {
  /** How much of the budget neighbours may take. */
  readonly neighbourShare: number;
  /** A memory that would take more of the budget than this is cut. */
  readonly memoryShare: number;
  /** To this much of it. */
  readonly partShare: number;
  /** A part smaller than this, in tokens, says too little. */
  readonly partTokensMin: number;
  /** The value of the hit of rank r, counted from 0, is (r + rankOffset)^-1 (tokens + 10)^-lengthExponent. */
  readonly rankOffset: number;
  readonly lengthExponent: number;
}

export interface Fitted<Item extends Candidate> {
  readonly item: Item;
  readonly isNeighbour: boolean;
  readonly isCut: boolean;
}

/**
 * Which memories go into a limited text.
 *
 * Hits are taken in order of value while there is room, value being rank with some regard to length: among hits that are
 * about as likely to answer, two short ones are worth more than a long one. Rank stands for the score, because scores of
 * different cues have different scales. A hit that is too long is cut to its best part. What stands around the hits may
 * take a share of the budget (EM-LLM gives contiguity 30 %, Fountas et al. 2024); it takes only what it uses, and the rest
 * goes to further hits. In the order in which they were taken.
 */
export function fitted<Item extends Candidate>(input: FitInput<Item>): readonly Fitted<Item>[] {
  const { around, tokensMax, policy = fitPolicy } = input;
  const hits = byValue(input.hits, policy);
  const chosen: Fitted<Item>[] = [];
  const taken = new Set<string>();
  const headings = new Set<string>();
  const memoryTokensMax = Math.floor(tokensMax * policy.memoryShare);
  const partTokensMax = Math.max(policy.partTokensMin, Math.floor(tokensMax * policy.partShare));
  const neighbourTokensMax = Math.floor(tokensMax * policy.neighbourShare);
  let left = tokensMax;

  // While room is kept for neighbours no hit is cut or passed over for want of it: they may not need it.
  takeHits(neighbourTokensMax);
  takeNeighbours();
  takeHits(0);
  return chosen;

  function takeHits(kept: number): void {
    let misses = 0;
    for (const item of hits) {
      if (misses >= missesMax || left - kept < smallestTokens) return;
      if (taken.has(item.id)) continue;
      if (take(item, left - kept, kept === 0)) misses = 0;
      else if (kept > 0) return;
      else misses += 1;
    }
  }

  function takeNeighbours(): void {
    const until = left - Math.min(left, neighbourTokensMax);
    for (const { item: hit } of [...chosen]) {
      for (const item of around(hit)) {
        if (left - until < smallestTokens) return;
        if (!taken.has(item.id)) take(item, left - until, false, true);
      }
    }
  }

  function take(item: Item, room: number, mayCutToRoom: boolean, isNeighbour = false): boolean {
    const { heading } = item;
    const headingTokens = heading === null || headings.has(heading.key) ? 0 : heading.tokens;
    const roomInside = room - headingTokens;
    const wholeMax = Math.min(memoryTokensMax, roomInside);
    let tokens = item.tokens(wholeMax);
    const isCut = tokens > wholeMax;
    if (isCut) {
      if (isNeighbour || (!mayCutToRoom && item.tokens(memoryTokensMax) <= memoryTokensMax)) return false;
      const partTokens = Math.min(roomInside, partTokensMax);
      const part = partTokens < policy.partTokensMin ? null : item.cutTo(partTokens);
      if (part === null || part > partTokens) return false;
      tokens = part;
    }
    left -= tokens + headingTokens;
    taken.add(item.id);
    if (heading !== null) headings.add(heading.key);
    chosen.push({ item, isNeighbour, isCut });
    return true;
  }
}

/** Best value first; equal values by rank. */
function byValue<Item extends Candidate>(hits: readonly Item[], policy: FitPolicy): readonly Item[] {
  return hits
    .map((item, rank) => {
      const tokens = item.characters / charactersPerToken + 10;
      return { item, value: 1 / ((rank + policy.rankOffset) * tokens ** policy.lengthExponent) };
    })
    .sort((a, b) => b.value - a.value)
    .map(({ item }) => item);
}

const charactersPerToken = 4.3;

export const fitPolicy: FitPolicy = {
  neighbourShare: 0.3,
  memoryShare: 0.5,
  partShare: 0.15,
  partTokensMin: 40,
  rankOffset: 20,
  lengthExponent: 0.25,
};

/** Nothing that says something is shorter, in tokens. */
const smallestTokens = 8;
/** After so many in a row that do not fit, the next will hardly. */
const missesMax = 8;
