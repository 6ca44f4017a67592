import { formatTime } from '../../memory/time.ts';
import type { ShownNote } from './shown-notes.ts';

/** What a model may know of a note: its text as shown, who said it, when and where, and what was derived of it before. */
export function sourcesOf({ stored, text }: ShownNote): readonly string[] {
  const { note, episode } = stored;
  const { derived } = note;
  return [
    text,
    ...(episode === null ? [] : [episode.speaker ?? '', episode.place ?? '', dateWords(episode.eventAt)]),
    ...note.tags,
    ...(derived === null ? [] : [derived.context ?? '', ...derived.keywords, ...derived.tags]),
  ];
}

/** Also the turn before it, which its context line may speak of: but never one of another trust. */
export function constructSources(target: ShownNote, shown: readonly ShownNote[]): readonly string[] {
  const before = shown.find(({ stored }) => stored.note.id === target.turnBefore);
  const isTrusted = before !== undefined && before.stored.note.trust === target.stored.note.trust;
  return isTrusted ? [...sourcesOf(target), ...sourcesOf(before)] : sourcesOf(target);
}

/** The day in the forms that people write: 2023-05-08, Monday, 8 May 2023. */
function dateWords(at: number): string {
  const date = new Date(at);
  const name = (part: Intl.DateTimeFormatOptions): string =>
    date.toLocaleDateString('en', { ...part, timeZone: 'UTC' });
  return `${formatTime(at).slice(0, 10)} ${name({ weekday: 'long' })} ${date.getUTCDate()} ${name({ month: 'long' })}`;
}
