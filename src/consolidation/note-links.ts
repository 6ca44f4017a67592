import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Link } from '../memory/link.ts';
import type { ScopeView } from './plan.ts';

/** A link that rules would make from a note to one before it. */
export interface FoundLink {
  readonly to: NoteId;
  readonly weight: Link['weight'];
  readonly alike: boolean;
  /** Names that both mention, rarest first, as the new note spells them. */
  readonly names: readonly string[];
}

/**
 * The earlier notes that a note belongs with, best first: its nearest by words that also have it among their own nearest (mutual
 * neighbours: a note that says a bit of everything is near to all and nearest to none), and those that name the same rare
 * person, place or thing.
 *
 *   weight = 1 - (1 - cosine if they are mutual neighbours) · Π over shared rare names (1 - 1 / (1 + notes before that name it))
 *
 * Cost: one search for neighbours, and one for each of the nearest.
 */
export function linksOf(id: NoteId, view: ScopeView): readonly FoundLink[] {
  const found = new Map<NoteId, { apart: number; alike: boolean; names: string[] }>();
  const entry = (to: NoteId) => {
    const known = found.get(to) ?? { apart: 1, alike: false, names: [] };
    found.set(to, known);
    return known;
  };
  for (const { noteId, similarity } of view.neighbours(id, nearest)) {
    if (similarity < similarityMin) break;
    if (!view.neighbours(noteId, nearest, id).some((back) => back.noteId === id)) continue;
    const link = entry(noteId);
    link.alike = true;
    link.apart *= 1 - similarity;
  }
  for (const { text, others } of rareNames(id, view)) {
    for (const to of others) {
      const link = entry(to);
      link.names.push(text);
      link.apart *= 1 - 1 / (1 + others.length);
    }
  }
  return [...found]
    .map(([to, { apart, alike, names }]) => ({ to, weight: rounded(1 - apart), alike, names }))
    .sort((a, b) => b.weight - a.weight || (a.to > b.to ? -1 : 1))
    .slice(0, limits.linksPerNote);
}

/** A-MEM's k. */
const nearest = 5;
/** Below this cosine two turns share a word or two by chance. */
const similarityMin = 0.2;
const nameNotesMin = 4;
const nameNotesMax = 50;
const nameShareMax = 0.01;

/** Names of the note that few notes before it have, rarest first. Those who speak are named by all. */
function rareNames(
  id: NoteId,
  view: ScopeView,
): readonly { readonly text: string; readonly others: readonly NoteId[] }[] {
  const most = Math.min(nameNotesMax, Math.max(nameNotesMin, view.sizeBefore(id) * nameShareMax));
  const seen = new Set<string>();
  return view
    .namesOf(id)
    .flatMap(({ key, kind, text }) => {
      if (seen.has(key) || view.isSpeaker(key, id)) return [];
      seen.add(key);
      // A phrase is often only a manner of speaking; one that recurs once or twice is a matter.
      const few = Math.floor(kind === 'phrase' ? Math.min(most, phraseNotesMax) : most);
      const others = view.naming(key, id, few + 1);
      return others.length > 0 && others.length <= few ? [{ text, others }] : [];
    })
    .sort((a, b) => a.others.length - b.others.length || (a.text < b.text ? -1 : 1));
}

const phraseNotesMax = 2;

function rounded(weight: number): number {
  return Math.round(weight * 1_000) / 1_000;
}
