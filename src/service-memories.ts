import { checkedCount, checkLine, checkUpdate, requireTime } from './encoding/check-input.ts';
import { revise } from './encoding/revise.ts';
import { memoryOf, versionOf } from './encoding/view.ts';
import type { Change } from './memory/change.ts';
import { EcphoryError, isEcphoryError } from './memory/errors.ts';
import { type Filter, type FilterField, parseFilter } from './memory/filter.ts';
import type { NoteId } from './memory/ids.ts';
import type { InvalidateInput } from './memory/knowledge.ts';
import { limits } from './memory/limits.ts';
import type { Note } from './memory/note.ts';
import { parseReadScope, type Tenant } from './memory/scope.ts';
import type {
  DeleteOptions,
  ListInput,
  Memory,
  MemoryService,
  MessagesInput,
  UpdateInput,
  UpdateOptions,
} from './memory/service.ts';
import { mergedForms } from './merged-forms.ts';
import { type EmbedPassages, loadMemory, notThere, type ServiceParts } from './service-parts.ts';

export interface MemoriesParts extends Pick<ServiceParts, 'store' | 'analyzer' | 'embedder' | 'clock'> {
  readonly embed: EmbedPassages;
}

type Memories = Pick<
  MemoryService,
  'get' | 'list' | 'messages' | 'update' | 'delete' | 'history' | 'restore' | 'invalidate'
>;

/** What happens to memories that are already there. */
export function newMemories(parts: MemoriesParts): (tenant: Tenant) => Memories {
  const { store, embedder } = parts;

  return (tenant) => ({
    get: async (id) => memoryOf(await loadMemory(store, tenant, id)),
    list: (input) => list(tenant, input),
    messages: (input) => messages(tenant, input),
    update: (id, input, options) => update(tenant, id, input, options),
    delete: (id, options) => remove(tenant, id, options),
    async history(id) {
      const versions = await store.history(tenant, id as NoteId);
      if (versions.length === 0) throw notThere('memory');
      // What it says now stays the last.
      const again = await mergedForms(store, tenant, id as NoteId);
      return [...versions.slice(0, -1), ...again, ...versions.slice(-1)].map(versionOf);
    },
    restore: (id) => restore(tenant, id),
    invalidate: (id, input) => invalidate(tenant, id, input),
  });

  async function list(tenant: Tenant, input: ListInput) {
    const page = await store.list(parseReadScope(tenant, input.namespace), {
      limit: checkedCount(input.limit, { byDefault: limits.pageLimitDefault, max: limits.pageLimit }),
      cursor: input.cursor ?? null,
      filter: listFilter(input.filter === undefined ? null : parseFilter(input.filter)),
      states: input.states ?? ['active'],
    });
    return { data: page.data.map(memoryOf), nextCursor: page.nextCursor };
  }

  async function messages(tenant: Tenant, input: MessagesInput) {
    checkLine(input.sessionId, 'session_id');
    const page = await store.list(parseReadScope(tenant, input.namespace), {
      limit: checkedCount(input.limit, { byDefault: limits.pageLimitDefault, max: limits.pageLimit }),
      cursor: input.cursor ?? null,
      filter: { kind: 'and', filters: [isField('session_id', input.sessionId), isField('kind', 'episodic')] },
      states: ['active'],
    });
    return { data: page.data.map(memoryOf).toReversed(), nextCursor: page.nextCursor };
  }

  async function update(tenant: Tenant, id: string, input: UpdateInput, options: UpdateOptions = {}): Promise<Memory> {
    checkUpdate(input);
    const mark = markOf(input, parts.clock());
    if (mark !== null && !isRevision(input)) {
      const { note } = await loadMemory(store, tenant, id, options.ifVersion);
      await store.apply(note.scope, [{ ...mark, noteId: note.id }]);
      return memoryOf(await loadMemory(store, tenant, id));
    }
    // Without an expected version the last writer wins: try again on the version that came in between.
    for (let triesLeft = options.ifVersion === undefined ? 5 : 1; ; triesLeft -= 1) {
      const stored = await loadMemory(store, tenant, id, options.ifVersion);
      const revised = revise(stored, input, { analyzer: parts.analyzer, now: parts.clock() });
      const vectors = await parts.embed([revised.embeddingText]);
      const changes: Change[] = [revised.change];
      if (mark !== null) changes.push({ ...mark, noteId: stored.note.id });
      const vector = vectors?.[0];
      if (embedder !== null && vector !== undefined) {
        const { version } = revised;
        const { id: noteId, derivation } = stored.note;
        changes.push({ kind: 'note-embedded', noteId, version, derivation, embedder: embedder.id, vector });
      }
      try {
        await store.apply(stored.note.scope, changes);
        return memoryOf(await loadMemory(store, tenant, id));
      } catch (error) {
        if (triesLeft <= 1 || !isEcphoryError(error) || error.code !== 'stale') throw error;
      }
    }
  }

  async function remove(tenant: Tenant, id: string, options: DeleteOptions = {}) {
    const { note } = await loadMemory(store, tenant, id, options.ifVersion);
    if (options.hard === true) {
      const applied = await store.apply(note.scope, [{ kind: 'erased', noteIds: [note.id] }]);
      return { id, state: 'erased' as const, erased: applied.erased };
    }
    const at = parts.clock();
    await store.apply(note.scope, [
      { kind: 'note-state-set', noteId: note.id, state: 'archived', reason: 'deleted', at },
    ]);
    return { id, state: 'archived' as const, erased: [] };
  }

  async function restore(tenant: Tenant, id: string): Promise<Memory> {
    const { note } = await loadMemory(store, tenant, id);
    const at = parts.clock();
    const changes: Change[] = [];
    // Otherwise it would be active and still be left out, as something that ended.
    if (note.state === 'invalidated') {
      changes.push({ kind: 'note-superseded', noteId: note.id, by: null, invalidAt: null, at });
    }
    if (note.state !== 'active') {
      changes.push({ kind: 'note-state-set', noteId: note.id, state: 'active', reason: null, at });
    }
    if (changes.length > 0) await store.apply(note.scope, changes);
    return memoryOf(await loadMemory(store, tenant, id));
  }

  async function invalidate(tenant: Tenant, id: string, input: InvalidateInput = {}): Promise<Memory> {
    const at = parts.clock();
    const invalidAt = input.invalidAt === undefined ? at : requireTime(input.invalidAt, '/invalid_at');
    checkLine(input.reason, 'reason');
    const { note } = await loadMemory(store, tenant, id);
    const by = input.supersededBy === undefined ? null : await successorOf(tenant, note, input.supersededBy);
    const changes: Change[] = [{ kind: 'note-superseded', noteId: note.id, by, invalidAt, at }];
    // What ends later holds until then: its time alone takes it out of recall.
    if (invalidAt <= at) {
      const reason = input.reason ?? null;
      changes.push({ kind: 'note-state-set', noteId: note.id, state: 'invalidated', reason, at });
    }
    await store.apply(note.scope, changes);
    return memoryOf(await loadMemory(store, tenant, id));
  }

  async function successorOf(tenant: Tenant, note: Note, id: string): Promise<NoteId> {
    const successor = await store.note(tenant, id as NoteId);
    const problem =
      successor === null || successor.note.scope.namespace !== note.scope.namespace
        ? 'There is no memory with this id in the same namespace.'
        : successor.note.id === note.id || successor.note.supersededBy === note.id
          ? 'A memory cannot be replaced by itself, or by one that it replaced.'
          : null;
    if (problem !== null || successor === null) {
      throw new EcphoryError('invalid', problem ?? '', { pointer: '/superseded_by' });
    }
    return successor.note.id;
  }
}

/** What of an update is no new version of the text. */
function markOf(
  { pinned, expiresAt }: UpdateInput,
  at: number,
): Omit<Extract<Change, { kind: 'note-marked' }>, 'noteId'> | null {
  if (pinned === undefined && expiresAt === undefined) return null;
  return {
    kind: 'note-marked',
    ...(pinned !== undefined && { isPinned: pinned }),
    ...(expiresAt !== undefined && { expiresAt: expiresAt === null ? null : requireTime(expiresAt, '/expires_at') }),
    at,
  };
}

function isRevision({ pinned, expiresAt, ...revision }: UpdateInput): boolean {
  return Object.values(revision).some((value) => value !== undefined);
}

/** What passes derived stands beside memories and is no memory of its own, unless a caller asks by origin. */
function listFilter(asked: Filter | null): Filter {
  const notDerived: Filter = {
    kind: 'compare',
    field: { kind: 'field', name: 'origin' },
    comparison: 'ne',
    value: 'derived',
  };
  if (asked === null) return notDerived;
  return namesOrigin(asked) ? asked : { kind: 'and', filters: [notDerived, asked] };
}

function isField(name: FilterField, value: string): Filter {
  return { kind: 'compare', field: { kind: 'field', name }, comparison: 'eq', value };
}

function namesOrigin(filter: Filter): boolean {
  if ('filters' in filter) return filter.filters.some(namesOrigin);
  if ('filter' in filter) return namesOrigin(filter.filter);
  return filter.field.kind === 'field' && filter.field.name === 'origin';
}
