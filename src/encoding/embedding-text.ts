import type { Episode } from '../memory/episode.ts';
import type { Note } from '../memory/note.ts';

/** What of a note is embedded: who spoke, the context line, the text. The same for a first embedding and a backfill. */
export function embeddingText(note: Pick<Note, 'text' | 'context'>, episode: Pick<Episode, 'speaker'> | null): string {
  const spoken = episode?.speaker == null ? note.text : `${episode.speaker}: ${note.text}`;
  return note.context === null ? spoken : `${note.context}\n${spoken}`;
}
