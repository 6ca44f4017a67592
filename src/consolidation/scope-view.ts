import { entitiesOf } from '../language/names.ts';
import type { Analyzer } from '../memory/analyzer.ts';
import type { Change } from '../memory/change.ts';
import type { Entity } from '../memory/entity.ts';
import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { NoteKeys } from '../memory/note.ts';
import { keyInput } from '../memory/note-text.ts';
import type { Scope } from '../memory/scope.ts';
import type { Store, StoredNote } from '../memory/store.ts';
import { newAlikeKeys } from './alike-keys.ts';
import { fillerStems } from './fillers.ts';
import { newFirmNames } from './firm-names.ts';
import { countBelow, newOrdinalPostings, type Posting } from './ordinal-postings.ts';
import type { ScopeView, ViewName } from './plan.ts';
import { newSessionOrder } from './session-order.ts';
import { newStemNeighbours, type StemVector } from './stem-neighbours.ts';

/** A view that whoever runs the passes folds notes into. */
export interface GrowingScopeView extends ScopeView {
  /**
   * Folds a note in, after all that are there; a note that is there already is moved to the end with the text it has now. Notes of
   * origin `derived` are left out. The notes of a batch are folded in before the passes run.
   */
  add(stored: StoredNote, keys?: NoteKeys): void;
  /** Forgets a note, as if it had never been there. */
  remove(id: NoteId): void;
  /** Takes in what was applied: mentions that name entities, notes that were erased. */
  apply(changes: readonly Change[]): void;
}

interface Entry {
  readonly id: NoteId;
  readonly ordinal: number;
  readonly stemPostings: readonly Posting[];
  readonly names: readonly ViewName[];
  readonly namePostings: readonly Posting[];
  readonly speaker: Posting | null;
  readonly session: string | null;
  readonly eventAt: number;
}

/**
 * Inverted lists of stems and names by the order in which notes came. A question about a note is answered from the
 * beginning of these lists, up to that note: where a batch ends cannot be seen in any answer.
 * Cost: about 0.1 ms and 500 bytes a note of twenty words.
 */
export function newScopeView(scope: Scope, analyzer: Analyzer): GrowingScopeView {
  const entries = new Map<NoteId, Entry>();
  const ids: (NoteId | null)[] = [];
  /** By ordinal, beside `ids`: they are looked up thousands of times a note. */
  const vectors: (StemVector | null)[] = [];
  /** Ordinals that stand for no note any more, ascending. */
  const gone: number[] = [];
  const stems = newOrdinalPostings();
  const names = newOrdinalPostings();
  const speakers = newOrdinalPostings();
  const alike = newAlikeKeys();
  const entities = new Map<string, Entity>();
  const firm = newFirmNames();
  const fillers = fillerStems(analyzer);
  /** Stems of the names of those who speak: they are said in greeting. */
  const spokenTo = new Set<string>();
  const sessions = newSessionOrder();
  const neighbourhood = newStemNeighbours({ vectorAt: (ordinal) => vectors[ordinal] ?? null, sizeUpTo });

  return {
    scope,
    get size() {
      return entries.size;
    },
    sizeBefore(id) {
      const entry = entries.get(id);
      return entry === undefined ? entries.size : sizeUpTo(entry.ordinal) - 1;
    },
    noteFrequency(stem, before) {
      const ordinals = stems.get(stem)?.ordinals ?? [];
      const entry = before === undefined ? undefined : entries.get(before);
      return entry === undefined ? ordinals.length : countBelow(ordinals, entry.ordinal);
    },
    neighbours(id, limit, until) {
      const entry = entries.get(id);
      if (entry === undefined) return [];
      const last = until === undefined ? entry.ordinal : (entries.get(until)?.ordinal ?? ids.length - 1);
      return neighbourhood
        .nearest(entry.ordinal, { until: last, limit, before: idBefore })
        .flatMap(({ ordinal, similarity }) => {
          const noteId = ids[ordinal];
          return noteId == null ? [] : [{ noteId, similarity }];
        });
    },
    sharedStems(one, other, limit) {
      const [left, right] = [entries.get(one), entries.get(other)];
      if (left === undefined || right === undefined) return [];
      return neighbourhood.shared(left.ordinal, right.ordinal).slice(0, limit);
    },
    turnBefore(id) {
      const entry = entries.get(id);
      if (entry?.session == null) return null;
      return sessions.before(entry.session, entry, (other) => (entries.get(other)?.ordinal ?? -1) < entry.ordinal);
    },
    namesOf: (id) => entries.get(id)?.names ?? [],
    naming(key, before, limit) {
      const ordinals = names.get(key)?.ordinals ?? [];
      const end = entries.get(before)?.ordinal ?? ids.length;
      return ordinals.slice(0, Math.min(limit, countBelow(ordinals, end))).flatMap((ordinal) => ids[ordinal] ?? []);
    },
    isSpeaker(key, asOf) {
      const first = speakers.get(key)?.ordinals[0];
      return first !== undefined && first <= (entries.get(asOf)?.ordinal ?? ids.length);
    },
    entity: (key) => entities.get(key) ?? null,
    keepEntity,
    add,
    remove,
    apply(changes) {
      for (const change of changes) {
        if (change.kind === 'erased') change.noteIds.forEach(remove);
        if (change.kind !== 'entities-set') continue;
        for (const { entity } of change.mentions) keepEntity(entity);
      }
    },
  };

  function keepEntity(entity: Entity): void {
    const key = alike.keyOf(entity.name);
    if (!entities.has(key)) entities.set(key, entity);
  }

  function add({ note, episode }: StoredNote, given?: NoteKeys): void {
    if (note.origin === 'derived') return;
    remove(note.id);
    const ordinal = ids.length;
    ids.push(note.id);
    const keys = given?.analyzer === analyzer.id ? given : analyzer.keys(keyInput(note, episode));
    const speaker = episode?.speaker == null ? null : speakers.posting(alike.keyOf(episode.speaker));
    if (speaker !== null) {
      firm.know(speaker.key);
      for (const stem of analyzer.stems(speaker.key)) spokenTo.add(stem);
    }
    const named = firm.among(
      entitiesOf(note.text).map((found) => ({ ...found, key: alike.keyOf(found.text) })),
      note.text,
    );
    const { stemPostings, vector } = vectorOf(keys);
    vectors.push(vector);
    const entry: Entry = {
      id: note.id,
      ordinal,
      stemPostings,
      names: named,
      namePostings: [...new Set(named.map(({ key }) => key))].map((key) => names.posting(key)),
      speaker,
      session: episode?.sessionId ?? null,
      eventAt: episode?.eventAt ?? note.validAt ?? note.createdAt,
    };
    entries.set(note.id, entry);
    for (const posting of entry.stemPostings) stems.add(posting, ordinal);
    for (const posting of entry.namePostings) names.add(posting, ordinal);
    if (speaker !== null) speakers.add(speaker, ordinal);
    if (entry.session !== null) sessions.add(entry.session, entry);
  }

  function remove(id: NoteId): void {
    const entry = entries.get(id);
    if (entry === undefined) return;
    entries.delete(id);
    ids[entry.ordinal] = null;
    vectors[entry.ordinal] = null;
    gone.splice(countBelow(gone, entry.ordinal), 0, entry.ordinal);
    for (const posting of entry.stemPostings) stems.remove(posting, entry.ordinal);
    for (const posting of entry.namePostings) names.remove(posting, entry.ordinal);
    if (entry.speaker !== null) speakers.remove(entry.speaker, entry.ordinal);
    if (entry.session !== null) sessions.remove(entry.session, entry);
  }

  /**
   * Words of the text alone: a date or a place beside it is shared by notes that have nothing else in common. The vector is
   * without words that go with anything.
   */
  function vectorOf({ passages }: NoteKeys): Pick<Entry, 'stemPostings'> & { readonly vector: StemVector } {
    const counts = new Map<string, number>();
    for (const passage of passages) for (const stem of passage) counts.set(stem, (counts.get(stem) ?? 0) + 1);
    const stemPostings = Array.from(counts.keys(), (stem) => stems.posting(stem));
    const postings = stemPostings.filter(({ key }) => !fillers.has(key) && !spokenTo.has(key));
    const frequencies = postings.map(({ key }) => 1 + Math.log(counts.get(key) ?? 1));
    return { stemPostings, vector: { postings, frequencies } };
  }

  /** Notes up to an ordinal, it included. */
  function sizeUpTo(ordinal: number): number {
    return ordinal + 1 - countBelow(gone, ordinal + 1);
  }

  function idBefore(one: number, other: number): boolean {
    return (ids[one] ?? '') < (ids[other] ?? '');
  }
}

export interface LoadScopeViewOptions {
  readonly analyzer: Analyzer;
  /** Only notes that were added before this one. */
  readonly before?: NoteId;
}

/**
 * The view of a scope as the store has it: every note that passes have seen, in the order in which they were added. What is due is
 * left out, to be folded in with its batch. Gives the event loop a turn between pages.
 */
export async function loadScopeView(
  store: Pick<Store, 'workingRows' | 'notes' | 'entities'>,
  scope: Scope,
  { analyzer, before }: LoadScopeViewOptions,
): Promise<GrowingScopeView> {
  const view = newScopeView(scope, analyzer);
  const read = { ...scope, subtree: false };
  for (let after = 0; ; ) {
    const rows = await store.workingRows(read, after, limits.scopeViewPage);
    const keys = new Map(rows.map((row) => [row.id, row.keys]));
    const stored = await store.notes(scope.tenant, [...keys.keys()]);
    let isOver = rows.length < limits.scopeViewPage;
    for (const one of stored) {
      if (one.note.id === before) isOver = true;
      if (isOver && before !== undefined && one.note.id >= before) break;
      if (one.note.derived !== null) view.add(one, keys.get(one.note.id));
    }
    if (isOver) break;
    after = rows.at(-1)?.order ?? after;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const known = await store.entities(read, { prefix: null, limit: limits.scopeViewEntities });
  for (const { entity } of known) view.keepEntity(entity);
  return view;
}
