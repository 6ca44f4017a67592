import type { AbstainReason, SequenceKind } from '../memory/sequence.ts';
import { newRecognition, type Recognised, type RecognitionInput } from './recognise.ts';
import { type SequenceQuestion, sequenceQuestion } from './sequence-question.ts';
import { kindCodes, type WorkingSet } from './working-set.ts';

export interface SequenceAnswer {
  readonly kind: SequenceKind;
  /**
   * The episodes that it rests on. For a question of two, in the order of the question; for `just_before` and
   * `just_after` the one recognised, then its neighbour; empty when abstained.
   */
  readonly episodes: readonly { readonly slot: number /** Milliseconds since 1970. */; readonly at: number }[];
  /**
   * `first` and `second` are the parts of the question. `elapsedMs` lies between the episodes, never below 0: it
   * says nothing of dates that they speak of. Null when the episodes are the answer, or when abstained.
   */
  readonly answer: 'first' | 'second' | 'yes' | 'no' | { readonly elapsedMs: number } | null;
  readonly abstained: AbstainReason | null;
}

/**
 * Answers a question about the order of episodes from when they happened, never from similarity: by event time,
 * then the session that began first, then arrival (segment order as in SORT, Pink et al. 2024, arXiv 2410.08133,
 * where language models do badly and a record of the sequence cannot). Abstains unless each part means exactly one
 * episode. Null when the cue is no such question. Pure. Cost: linear in the notes.
 */
export function sequenceAnswer(cue: string, input: RecognitionInput): SequenceAnswer | null {
  const question = sequenceQuestion(cue);
  return question === null ? null : answerOf(question, input);
}

function answerOf(question: SequenceQuestion, input: RecognitionInput): SequenceAnswer {
  const { kind } = question;
  if (kind === 'first_time' || kind === 'last_time') return occurrenceAnswer(question, input);
  const meant = slotsMeant(question, input);
  if (typeof meant === 'string') return abstention(kind, meant);
  const [first = -1, second = -1] = meant;
  if (kind === 'just_before' || kind === 'just_after') return neighbourAnswer(kind, first, input);
  if (first === second) return abstention(kind, 'same_episode');

  const { set } = input;
  const episodes = meant.map((slot) => episodeAt(set, slot));
  const firstIsEarlier = isEarlier(set, first, second);
  switch (kind) {
    case 'which_first':
      return { kind, episodes, answer: firstIsEarlier ? 'first' : 'second', abstained: null };
    case 'which_last':
      return { kind, episodes, answer: firstIsEarlier ? 'second' : 'first', abstained: null };
    case 'is_before':
      return { kind, episodes, answer: firstIsEarlier ? 'yes' : 'no', abstained: null };
    case 'is_after':
      return { kind, episodes, answer: firstIsEarlier ? 'no' : 'yes', abstained: null };
    case 'elapsed': {
      const { presumes } = question;
      if (presumes !== null && (presumes === 'first') !== firstIsEarlier) return abstention(kind, 'order_contradicted');
      const elapsedMs = Math.abs(set.slots.eventAt[first]! - set.slots.eventAt[second]!);
      return { kind, episodes, answer: { elapsedMs }, abstained: null };
    }
  }
}

/** The reading whose parts are all recognised; none, or two that mean different episodes, is a reason to abstain. */
function slotsMeant(
  { readings }: SequenceQuestion,
  input: RecognitionInput,
): readonly number[] | 'not_recognised' | 'ambiguous' {
  const recognition = newRecognition(input);
  let meant: readonly number[] | null = null;
  let anyAmbiguous = false;
  for (const parts of readings) {
    const recognised: readonly Recognised[] = parts.map((part) => recognition.episode(part));
    if (recognised.some(({ reason }) => reason === 'not_recognised')) continue;
    if (recognised.some(({ reason }) => reason === 'ambiguous')) {
      anyAmbiguous = true;
      continue;
    }
    const slots = recognised.map(({ slot }) => slot);
    if (meant !== null && slots.some((slot, index) => slot !== meant?.[index])) return 'ambiguous';
    meant = slots;
  }
  return meant ?? (anyAmbiguous ? 'ambiguous' : 'not_recognised');
}

function neighbourAnswer(
  kind: 'just_before' | 'just_after',
  slot: number,
  { set, eligible }: RecognitionInput,
): SequenceAnswer {
  const neighbour = neighbourOf(set, eligible, slot, kind === 'just_after');
  if (neighbour < 0) return abstention(kind, 'no_neighbour');
  return { kind, episodes: [slot, neighbour].map((one) => episodeAt(set, one)), answer: null, abstained: null };
}

/** The nearest turn of the same session; at its ends, the nearest episode of all. */
function neighbourOf(set: WorkingSet, eligible: Uint8Array, slot: number, isAfter: boolean): number {
  const { kind, previous, next } = set.slots;
  const isEpisode = (one: number): boolean => eligible[one] === 1 && kind[one] === kindCodes.episodic;
  const chain = isAfter ? next : previous;
  for (let at = chain[slot]!; at >= 0; at = chain[at]!) if (isEpisode(at)) return at;
  let nearest = -1;
  for (let other = 0; other < set.size; other += 1) {
    if (other === slot || !isEpisode(other)) continue;
    if (isAfter ? !isEarlier(set, slot, other) : !isEarlier(set, other, slot)) continue;
    if (nearest < 0 || (isAfter ? isEarlier(set, other, nearest) : isEarlier(set, nearest, other))) nearest = other;
  }
  return nearest;
}

/** Every episode that is one counts; which of them was first or last is then no question of likeness. */
function occurrenceAnswer({ kind, readings }: SequenceQuestion, input: RecognitionInput): SequenceAnswer {
  const { set } = input;
  const occurrences = newRecognition(input).occurrences(readings[0]?.[0] ?? '');
  let found = -1;
  for (const slot of occurrences) {
    if (found < 0 || isEarlier(set, slot, found) === (kind === 'first_time')) found = slot;
  }
  if (found < 0) return abstention(kind, 'not_recognised');
  return { kind, episodes: [episodeAt(set, found)], answer: null, abstained: null };
}

function abstention(kind: SequenceKind, abstained: AbstainReason): SequenceAnswer {
  return { kind, episodes: [], answer: null, abstained };
}

function episodeAt(set: WorkingSet, slot: number): { readonly slot: number; readonly at: number } {
  return { slot, at: set.slots.eventAt[slot]! };
}

/** A total order: event time, then the session that began first, then arrival. */
function isEarlier(set: WorkingSet, a: number, b: number): boolean {
  const { eventAt, session, order } = set.slots;
  if (eventAt[a] !== eventAt[b]) return eventAt[a]! < eventAt[b]!;
  if (session[a] === session[b] && session[a]! >= 0) return order[a]! < order[b]!;
  const headA = sessionHead(set, a);
  const headB = sessionHead(set, b);
  if (eventAt[headA] !== eventAt[headB]) return eventAt[headA]! < eventAt[headB]!;
  if (headA !== headB) return order[headA]! < order[headB]!;
  return order[a]! < order[b]!;
}

function sessionHead(set: WorkingSet, slot: number): number {
  let head = slot;
  for (let at = set.slots.previous[head]!; at >= 0; at = set.slots.previous[at]!) head = at;
  return head;
}
