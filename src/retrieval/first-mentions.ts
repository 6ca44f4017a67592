import type { Cue } from './cue.ts';
import { spreadPostings } from './lexical.ts';
import type { Scratch } from './scratch.ts';
import { roleCodes, type WorkingSet } from './working-set.ts';

/**
 * Who brought it up: Σ weight · idf of the cue's terms that a note was the first to have, half of it for being
 * the first in its session and half for being the first of all. What an assistant says is an answer and brings
 * nothing up. A note without a session is a session by itself. Cost: linear in the terms' postings.
 */
export function firstMentions(set: WorkingSet, cue: Cue, eligible: Uint8Array, scratch: Scratch): FirstMentions {
  const { role, session, eventAt, order } = set.slots;
  const mentions = scratch.floats(set.size);
  /** Slots that have any; some of them twice. */
  const slots: number[] = [];
  const firstOfSession = new Int32Array(set.sessions.size).fill(-1);
  const earlier = (a: number, b: number): boolean =>
    eventAt[a]! < eventAt[b]! || (eventAt[a] === eventAt[b] && order[a]! < order[b]!);
  const sessions: number[] = [];
  for (const { term, weight, idf, having } of cue.terms) {
    // Who first had a word that everyone has is no news, and finding out costs most.
    if (term < 0 || having > spreadPostings) continue;
    const half = (weight * idf) / 2;
    let first = -1;
    let last = -1;
    set.text.forEachRun(term, (units, _frequencies, start, end) => {
      for (let index = start; index < end; index += 1) {
        const slot = set.text.slotOf[units[index]!]!;
        // Passages of one note stand together: a repeat is the slot just seen.
        if (slot < 0 || slot === last || eligible[slot] === 0 || role[slot] === roleCodes.assistant) continue;
        last = slot;
        if (first < 0 || earlier(slot, first)) first = slot;
        const number = session[slot]!;
        if (number < 0) add(slot, half);
        else if (firstOfSession[number]! < 0) {
          firstOfSession[number] = slot;
          sessions.push(number);
        } else if (earlier(slot, firstOfSession[number]!)) firstOfSession[number] = slot;
      }
    });
    if (first >= 0) add(first, half);
    for (const number of sessions) {
      add(firstOfSession[number]!, half);
      firstOfSession[number] = -1;
    }
    sessions.length = 0;
  }
  return { mentions, release: () => scratch.giveBack(mentions, slots) };

  function add(slot: number, amount: number): void {
    slots.push(slot);
    mentions[slot] = mentions[slot]! + amount;
  }
}

export interface FirstMentions {
  /** By slot. */
  readonly mentions: Float32Array;
  /** Gives the array back; it means nothing any more. */
  release(): void;
}
