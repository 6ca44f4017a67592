import type { AnalyzerInput } from './analyzer.ts';
import { type Derived, isIndexed } from './derived.ts';
import type { Episode } from './episode.ts';
import type { Note } from './note.ts';

/** What of a note is embedded: who spoke, the indexed words beside it, the text. The same for a first embedding and a backfill. */
export function embeddingText(note: Pick<Note, 'text' | 'derived'>, episode: Pick<Episode, 'speaker'> | null): string {
  const spoken = episode?.speaker == null ? note.text : `${episode.speaker}: ${note.text}`;
  const beside = indexedText(note.derived);
  return beside === null ? spoken : `${beside}\n${spoken}`;
}

/** What the keys of a note are made of. */
export function keyInput(note: Pick<Note, 'text' | 'derived'>, episode: Episode | null): AnalyzerInput {
  return {
    text: note.text,
    context: indexedText(note.derived),
    place: episode?.place ?? null,
    eventAt: episode?.eventAt ?? null,
  };
}

/** Words beside the text that find the note, see `isIndexed`; null when there are none. */
export function indexedText(derived: Derived | null): string | null {
  if (!isIndexed(derived)) return null;
  const lines = [derived.context ?? '', derived.keywords.join(', '), derived.tags.join(', ')];
  return lines.filter((line) => line !== '').join('\n') || null;
}
