import { claimKey } from '../memory/claim.ts';
import type { Entity } from '../memory/entity.ts';
import type { EntityId } from '../memory/ids.ts';
import type { Note } from '../memory/note.ts';
import type { ClaimQuery, EntityCount, Store, StoredNote } from '../memory/store.ts';
import { compareText, episodeOf, type NoteRecord, recordsIn, type State } from './in-memory-state.ts';

type KnowledgeReads = Pick<Store, 'claims' | 'derivedFrom' | 'underived' | 'entities' | 'entity' | 'notesOfEntity'>;

/** Claims, what is derived from what, and entities. `assertOpen` throws once the store is closed. */
export function newKnowledgeReads(state: State, assertOpen: () => void): KnowledgeReads {
  return {
    async claims(read, query) {
      assertOpen();
      return recordsIn(state, read)
        .filter(({ note }) => isMatch(note, query))
        .sort(oldestFirst)
        .slice(0, query.limit)
        .map(stored);
    },

    async derivedFrom(tenant, episodes) {
      assertOpen();
      return [...state.notes.values()]
        .filter(({ note }) => note.scope.tenant === tenant && note.origin === 'derived')
        .filter(({ note }) => note.sources.some((source) => episodes.includes(source)))
        .sort(oldestFirst)
        .map(stored);
    },

    async underived(read, limit, { includeReverted = false } = {}) {
      assertOpen();
      return recordsIn(state, read)
        .filter(({ isTakenBack }) => includeReverted || !isTakenBack)
        .filter(({ note }) => note.state === 'active' && note.origin !== 'derived' && note.derived === null)
        .slice(0, limit)
        .map(({ note }) => note.id);
    },

    async entities(read, { prefix, limit }) {
      assertOpen();
      const folded = prefix === null ? null : claimKey(prefix);
      return counted(recordsIn(state, read))
        .filter(({ names }) => folded === null || names.some((name) => hasWordWith(claimKey(name), folded)))
        .sort((left, right) => right.notes - left.notes || compareText(left.entity.id, right.entity.id))
        .slice(0, limit)
        .map(({ entity, notes }) => ({ entity, notes }));
    },

    async entity(tenant, id) {
      assertOpen();
      const [only] = counted(mentioning(tenant, id), id);
      return only === undefined ? null : { entity: only.entity, notes: only.notes };
    },

    async notesOfEntity(tenant, id, limit) {
      assertOpen();
      return mentioning(tenant, id)
        .sort((left, right) => oldestFirst(right, left))
        .slice(0, limit)
        .map(stored);
    },
  };

  function stored({ note }: NoteRecord): StoredNote {
    return { note, episode: episodeOf(state, note) };
  }

  function mentioning(tenant: string, id: EntityId): NoteRecord[] {
    return [...state.notes.values()].filter(
      ({ note, mentions }) => note.scope.tenant === tenant && mentions.some(({ entity }) => entity.id === id),
    );
  }
}

function isMatch(note: Note, query: ClaimQuery): boolean {
  const { claim } = note;
  if (claim === null || !(query.states ?? ['active']).includes(note.state)) return false;
  if (query.isOrphaned === true && !(note.expiredAt !== null && note.supersededBy === null)) return false;
  return (
    isAmong(query.subjects, claimKey(claim.subject)) &&
    isAmong(query.attributes, claimKey(claim.attribute)) &&
    isAmong(query.values, claimKey(claim.value)) &&
    (query.sources === undefined || note.sources.some((source) => query.sources?.includes(source)))
  );
}

function isAmong(wanted: readonly string[] | undefined, key: string): boolean {
  return wanted === undefined || wanted.includes(key);
}

interface Counted extends EntityCount {
  readonly names: readonly string[];
}

/** An entity is spelt as the note added last spells it. */
function counted(records: readonly NoteRecord[], only: EntityId | null = null): Counted[] {
  const byId = new Map<EntityId, { entity: Entity; notes: number; names: string[] }>();
  for (const { mentions } of [...records].sort((left, right) => right.order - left.order)) {
    const inNote = new Set<EntityId>();
    for (const { entity } of mentions) {
      if (only !== null && entity.id !== only) continue;
      const known = byId.get(entity.id) ?? { entity, notes: 0, names: [] };
      byId.set(entity.id, known);
      known.names.push(entity.name);
      if (!inNote.has(entity.id)) known.notes += 1;
      inNote.add(entity.id);
    }
  }
  return [...byId.values()];
}

function hasWordWith(key: string, prefix: string): boolean {
  return key.startsWith(prefix) || key.includes(` ${prefix}`);
}

function oldestFirst(left: NoteRecord, right: NoteRecord): number {
  return left.note.createdAt - right.note.createdAt || compareText(left.note.id, right.note.id);
}
