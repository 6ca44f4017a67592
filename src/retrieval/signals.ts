import { baseLevelActivation } from '../memory/activation.ts';
import { isAlone } from './bridges.ts';
import { openness } from './context.ts';
import type { Cue } from './cue.ts';
import { type CueTime, timeFit } from './cue-time.ts';
import type { Signal } from './fuse.ts';
import { type LexicalMatch, lexicalParameters, stemsOf } from './lexical.ts';
import { type SignalName, type SignalWeights, severalFactors } from './weights.ts';
import { roleCodes, type WorkingSet } from './working-set.ts';

export interface SignalInput {
  readonly set: WorkingSet;
  readonly cue: Cue;
  /** The slots that are ranked. */
  readonly candidates: readonly number[];
  readonly match: LexicalMatch;
  /** By slot, see the files of the same names. */
  readonly first: Float32Array;
  readonly association: Float32Array;
  readonly kinds: LexicalMatch | null;
  /** One value a candidate. */
  readonly bridge: Float64Array;
  /** Times that the cue names. */
  readonly times: readonly CueTime[];
  readonly standing: ReadonlySet<number>;
  /** Cosine with the cue by slot. */
  readonly similarities: ReadonlyMap<number, number>;
  /** What links lead to, by slot, see `links.ts`. */
  readonly linked: ReadonlyMap<number, number>;
  /** Milliseconds since 1970; null where it does not matter: then nothing was used. */
  readonly now: number | null;
  readonly weights: SignalWeights;
}

/** What each candidate has to say for itself, every signal in 0..1. */
export function signalsOf(input: SignalInput): readonly Signal[] {
  const { set, cue, candidates, match, first, association, kinds, bridge, times, standing } = input;
  const { similarities, linked, weights } = input;
  const { role, speaker, question, words: length, previous } = set.slots;
  const mass = cue.mass > 0 ? cue.mass : 1;
  // What a note would have that is all of the cue and nothing else, about.
  const full = mass * (lexicalParameters.k1 + 1);
  const wantedRole = cue.asks.assistant ? roleCodes.assistant : roleCodes.user;
  const bestContext = highestOf(candidates, match.context);
  const bestOwn = highestOf(candidates, match.own);
  const bestPassage = highestOf(candidates, match.passage);
  const bestKinds = kinds === null ? 0 : highestOf(candidates, kinds.context);
  const sessions = sessionScores(set, match);
  const titles = titleScores(set, cue);
  const fits = timeFit(set.slots.eventAt, times);

  const wordsOf = (slot: number): number => share(match.context[slot]!, bestContext);
  const ownOf = (slot: number): number => share(match.own[slot]!, bestOwn);
  const isNamed = (slot: number): boolean => cue.speakers.has(speaker[slot]!);
  const isWanted = (slot: number): boolean => role[slot] === wantedRole;
  const isStanding = (slot: number): boolean => standing.has(slot);
  const openOf = (slot: number): number => openness(length[slot]!);

  return [
    each('words', wordsOf),
    each('wordsShare', (slot) => match.context[slot]! / full),
    each('own', ownOf),
    each('passage', (slot) => share(match.passage[slot]!, bestPassage)),
    each('coverage', (slot) => Math.min(1, match.coveredInContext[slot]! / mass)),
    each('date', (slot) => Math.min(1, match.coveredByContextLine[slot]! / mass)),
    each('first', (slot) => Math.min(1, first[slot]! / mass)),
    each('before', (slot) => (previous[slot]! < 0 ? 0 : ownOf(previous[slot]!) * openOf(slot))),
    each('session', sessions),
    each('speaker', (slot) => (isNamed(slot) ? 1 : 0)),
    each('wanted', (slot) => (isWanted(slot) ? 1 : 0)),
    // On assistant chats a user's message states and asks in one breath; between people a question states nothing.
    each('statement', (slot) => (role[slot] === -1 && question[slot] === 0 ? 1 : 0)),
    each('brief', (slot) => Math.max(0, 1 - Math.log(1 + length[slot]!) / Math.log(wordsLong))),
    each('substance', (slot) => Math.min(1, stemsOf(set, slot) / stemsTelling)),
    each('standing', (slot) => (isStanding(slot) ? 1 : 0)),
    each('standingAsked', (slot) => (isStanding(slot) && cue.asks.advice ? 1 : 0)),
    each('association', (slot) => association[slot]!),
    // Outside any conversation rare words are all that ties a note to others.
    each('associationAlone', (slot) => (isAlone(set, slot) ? association[slot]! : 0)),
    // There, too, it begins with what it is about; a turn begins with a greeting.
    each('title', (slot) => (isAlone(set, slot) ? titles(slot) / mass : 0)),
    // Being of that time is not enough: of a month a hundred turns are, and a few of them on the matter.
    each('interval', times.length === 0 ? () => 0 : (slot) => fits(slot) * ownOf(slot)),
    { name: 'bridge', weight: weightOf('bridge'), values: bridge },
    each('kinds', (slot) =>
      kinds === null ? 0 : (share(kinds.context[slot]!, bestKinds) + Math.min(1, kinds.context[slot]! / full)) / 2,
    ),
    each('vectors', (slot) => Math.max(0, similarities.get(slot) ?? 0)),
    each('links', (slot) => linked.get(slot) ?? 0),
    // What is asked of another time has nothing to do with what was needed lately.
    each(
      'activation',
      times.length > 0 || input.now === null || weights.activation === 0 ? () => 0 : activationAt(set, input.now),
    ),
  ];

  function each(name: SignalName, value: (slot: number) => number): Signal {
    return { name, weight: weightOf(name), values: Float64Array.from(candidates, value) };
  }

  function weightOf(name: SignalName): number {
    return cue.asks.several ? weights[name] * (severalFactors[name] ?? 1) : weights[name];
  }
}

/**
 * The odds of ACT-R that a note is needed, from its uses: 1 / (1 + e^-activation). Bounded, and only for what was ever used: what
 * is new is no less than it was.
 */
function activationAt(set: WorkingSet, now: number): (slot: number) => number {
  return (slot) => {
    const accesses = set.accessesOf(slot);
    return accesses === null ? 0 : 1 / (1 + Math.exp(-baseLevelActivation(accesses, now)));
  };
}

/** A text of this many words gets nothing for being brief. */
const wordsLong = 1_000;
/** Stems from which on a turn is more than "wow, thanks". */
const stemsTelling = 20;

function share(value: number, best: number): number {
  return best > 0 ? value / best : 0;
}

function highestOf(candidates: readonly number[], scores: Float32Array): number {
  let best = 0;
  for (const slot of candidates) best = Math.max(best, scores[slot]!);
  return best;
}

/** Σ weight · idf of the cue's terms that a note begins with, up to its first word that is not in the cue. */
function titleScores(set: WorkingSet, cue: Cue): (slot: number) => number {
  const { unitStart, unitTerms } = set.text;
  const worths = new Map(cue.terms.map(({ term, weight, idf }) => [term, weight * idf]));
  return (slot) => {
    const unit = set.slots.firstUnit[slot]!;
    let sum = 0;
    for (let at = unitStart[unit]!; at < unitStart[unit + 1]!; at += 1) {
      const worth = worths.get(unitTerms[at]!);
      if (worth === undefined) break;
      sum += worth;
    }
    return sum;
  };
}

/** How much a session has of what is asked: the sum of its five best turns, as a share of the best session's. */
function sessionScores(set: WorkingSet, match: LexicalMatch): (slot: number) => number {
  const { session, previous, next } = set.slots;
  const turns = sessionTurns;
  const best = new Float64Array(set.sessions.size * turns);
  for (const slot of match.slots) {
    const number = session[slot]!;
    if (number < 0) continue;
    // Insertion into the session's short list, best first.
    let score = match.context[slot]!;
    for (let at = number * turns; at < (number + 1) * turns && score > 0; at += 1) {
      const held = best[at]!;
      if (score > held) {
        best[at] = score;
        score = held;
      }
    }
  }
  const sums = new Float64Array(set.sessions.size);
  let highest = 0;
  for (let number = 0; number < sums.length; number += 1) {
    let sum = 0;
    for (let at = number * turns; at < (number + 1) * turns; at += 1) sum += best[at]!;
    sums[number] = sum;
    highest = Math.max(highest, sum);
  }
  return (slot) => {
    const number = session[slot]!;
    // A session of one turn is a note by itself.
    if (number < 0 || (previous[slot]! < 0 && next[slot]! < 0)) return 0;
    return share(sums[number]!, highest);
  };
}

const sessionTurns = 5;
