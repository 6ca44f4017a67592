import type { NoteId } from '../memory/ids.ts';
import { confidenceFeatures } from './confidence.ts';
import { eligibleSlots } from './eligible.ts';
import { type RankInput, rank } from './rank.ts';
import { stateCodes } from './working-set.ts';

export interface TongueInput extends RankInput {
  readonly text: string;
  /** In what is active. */
  readonly confidence: number;
  readonly now: number;
  readonly passing: readonly NoteId[] | null;
}

/**
 * Archived notes that a cue finds when what is active answers it badly: as one knows that one knew. They are offered by their
 * ids and take no place among the hits; `restore` brings them back. The cue must be strong: one of them has more of its words
 * than any active note, and most of what they are worth. How often it was said counts for nothing here: it was forgotten.
 * Cost: nothing while there is nothing archived or the active notes answer; else a ranking of the archived ones.
 */
export function tipOfTheTongue(input: TongueInput): readonly NoteId[] {
  const { set, now, passing } = input;
  if (input.confidence >= sureMin || set.presentNotes === set.liveNotes) return [];
  const eligible = eligibleSlots({ set, asOf: null, now, includeArchived: true, passing });
  let archived = 0;
  for (let slot = 0; slot < set.size; slot += 1) {
    if (eligible[slot] === 1 && set.slots.state[slot] === stateCodes.archived) archived += 1;
    else eligible[slot] = 0;
  }
  if (archived === 0) return [];
  const there = coverage({ ...input, eligible });
  if (there < coverageMin || there <= coverage(input)) return [];
  const { hits } = rank({ ...input, eligible, similarities: new Map(), linked: new Map(), limit: offeredMax });
  return hits.slice(0, offeredMax).map(({ slot }) => set.idOf(slot));
}

function coverage(input: TongueInput): number {
  return confidenceFeatures(input)?.coverage ?? 0;
}

/** From here on what is active answers, more likely than not. */
const sureMin = 0.5;
/** One note must have this share of what the cue's words are worth: a word in common is no memory. */
const coverageMin = 0.6;
/** A few ids; whoever wants more asks with `include_archived`. */
const offeredMax = 3;
