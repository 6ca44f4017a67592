import type { EpisodeId } from '../memory/ids.ts';
import type { WholeNote } from '../memory/store.ts';
import { episodeOf, type NoteRecord, recordsIn, type State } from './in-memory-state.ts';

/** Everything there is about one note. */
export function wholeNoteOf(state: State, record: NoteRecord): WholeNote {
  const { note, order, versions, mentions, uses, isTakenBack } = record;
  const { sources, derived, supersededBy } = note;
  return {
    note,
    episode: episodeOf(state, note),
    order,
    past: { sources, derived, supersededBy, versions, uses, isTakenBack },
    mentions,
    looseEpisodes: sources
      .filter((id) => isLooseUnder(state, id, record))
      .flatMap((id) => state.episodes.get(id) ?? []),
  };
}

function isLooseUnder(state: State, id: EpisodeId, { note, order }: NoteRecord): boolean {
  const resting = recordsIn(state, { ...note.scope, subtree: false }).filter((other) =>
    other.note.sources.includes(id),
  );
  return resting.every((other) => other.note.kind !== 'episodic' && other.order >= order);
}
