import { EcphoryError } from '../memory/errors.ts';
import { matches } from '../memory/filter.ts';
import type { Clock, NoteId } from '../memory/ids.ts';
import type { Note } from '../memory/note.ts';
import {
  covers,
  parseNamespace,
  parseTenant,
  type ReadScope,
  readScope,
  type Scope,
  type Tenant,
} from '../memory/scope.ts';
import type { Applied, Page, Receipt, Store, StoredNote, VectorSearch, WorkingRow } from '../memory/store.ts';
import { apiKeyStore } from './in-memory-api-keys.ts';
import { newAuditStore } from './in-memory-audit.ts';
import { applyChange } from './in-memory-changes.ts';
import { assertFence, newJobStore } from './in-memory-jobs.ts';
import { newKnowledgeReads } from './in-memory-knowledge.ts';
import { newEffectRecorder } from './in-memory-revert.ts';
import { newRunStore } from './in-memory-runs.ts';
import {
  compareText,
  emptyState,
  episodeOf,
  frozenCopy,
  type NoteRecord,
  newJournal,
  recordsIn,
  type State,
} from './in-memory-state.ts';
import { newPolicyStore, newUpkeepReads } from './in-memory-upkeep.ts';
import { nearestOf } from './in-memory-vectors.ts';
import { newWebhookStore } from './in-memory-webhooks.ts';
import { wholeNoteOf } from './in-memory-whole-notes.ts';
import { accessLogOf } from './use-log.ts';

/** Vector search, too, because the vectors are already at hand. */
export interface InMemoryStore extends Store, Pick<VectorSearch, 'nearest' | 'settled'> {}

/**
 * The reference store: what the contract means, in the plainest code, for tests and for comparing real stores with.
 * Keeps nothing when the process ends. Stricter than a real store: it copies and freezes what it is given and gives,
 * and refuses scopes that no parser made. Reads cost time in proportion to all notes of the store.
 */
export function openInMemoryStore(options: { readonly clock: Clock }): InMemoryStore {
  const { clock } = options;
  const state = emptyState();
  const pepper = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex');
  let commits = 0;
  let isClosed = false;

  return {
    async apply(scope, changes, applyOptions = {}): Promise<Applied> {
      assertOpen();
      assertScope(scope);
      const { receipt, fence, run } = applyOptions;
      if (fence !== undefined) assertFence(state, fence);
      if (receipt !== undefined) {
        const earlier = keptReceipt(state, scope.tenant, receipt.key, clock());
        if (earlier !== null && earlier.fingerprint !== receipt.fingerprint) {
          throw new EcphoryError('key_reused', 'That idempotency key was used for another request.');
        }
        if (earlier !== null) return { sequence: state.feed.length, replayed: earlier, erased: [] };
      }
      const journal = newJournal();
      const headBefore = state.feed.length;
      try {
        const recorder =
          run === undefined || changes.length === 0 ? null : newEffectRecorder(state, journal, scope, run);
        for (const change of changes) {
          recorder?.beforeChange(change);
          applyChange(state, journal, clock, scope, change);
        }
        recorder?.afterBatch();
      } catch (error) {
        journal.undo();
        throw error;
      }
      if (receipt !== undefined) state.receipts.set(receiptKey(scope.tenant, receipt.key), frozenCopy(receipt));
      commits += 1;
      const entries = state.feed.slice(headBefore).filter((entry) => entry.kind === 'erased');
      const erased = entries.flatMap((entry) => entry.noteId ?? []);
      return { sequence: state.feed.length, replayed: null, erased };
    },

    async receipt(tenant, key) {
      assertOpen();
      return keptReceipt(state, tenant, key, clock());
    },

    async note(tenant, id) {
      assertOpen();
      const record = recordOf(state, tenant, id);
      return record === null ? null : stored(state, record.note);
    },

    async notes(tenant, ids) {
      assertOpen();
      return ids.flatMap((id) => recordOf(state, tenant, id) ?? []).map((record) => stored(state, record.note));
    },

    async list(read, query) {
      assertOpen();
      assertScope(read);
      assertLimit(query.limit);
      const after = query.cursor === null ? null : parseCursor(query.cursor);
      const passing = recordsIn(state, read)
        .map((record) => stored(state, record.note))
        .filter(({ note }) => query.states.includes(note.state))
        .filter(({ note, episode }) => query.filter === null || matches(query.filter, note, episode))
        .sort((left, right) => newestFirst(left.note, right.note))
        .filter(({ note }) => after === null || newestFirst(after, note) < 0);
      return pageOf(passing, query.limit);
    },

    async matching(read, filter) {
      assertOpen();
      assertScope(read);
      return recordsIn(state, read)
        .filter(({ note }) => matches(filter, note, episodeOf(state, note)))
        .map(({ note }) => note.id);
    },

    async history(tenant, id) {
      assertOpen();
      return recordOf(state, tenant, id)?.versions ?? [];
    },

    async links(tenant, ids) {
      assertOpen();
      const wanted = new Set(ids);
      return [...state.links.values()]
        .filter((link) => link.scope.tenant === tenant && (wanted.has(link.from) || wanted.has(link.to)))
        .sort((a, b) => compareText(a.from, b.from) || compareText(a.to, b.to) || compareText(a.type, b.type));
    },

    async mentions(tenant, id) {
      assertOpen();
      return recordOf(state, tenant, id)?.mentions ?? [];
    },

    ...newKnowledgeReads(state, assertOpen),
    ...newUpkeepReads(state, assertOpen),

    async wholeNotes(scope, after, limit) {
      assertOpen();
      assertScope(scope);
      return recordsIn(state, readScope(scope))
        .filter(({ order }) => order > after)
        .slice(0, limit)
        .map((record) => wholeNoteOf(state, record));
    },

    async head(read) {
      assertOpen();
      assertScope(read);
      return state.feed.findLast((entry) => covers(read, entry.scope))?.sequence ?? 0;
    },

    async feed(read, after, limit) {
      assertOpen();
      assertScope(read);
      return state.feed
        .slice(after)
        .filter((entry) => covers(read, entry.scope))
        .slice(0, limit);
    },

    async feedOfEveryTenant(after, limit) {
      assertOpen();
      return state.feed.slice(after, after + limit);
    },

    async cursor(name) {
      assertOpen();
      return state.cursors.get(name) ?? 0;
    },

    async workingRows(read, after, limit) {
      assertOpen();
      assertScope(read);
      return recordsIn(state, read)
        .filter((record) => record.order > after && record.note.origin !== 'derived')
        .slice(0, limit)
        .map((record) => workingRow(state, record));
    },

    async workingRowsOf(read, ids) {
      assertOpen();
      assertScope(read);
      const records = [...new Set(ids)].flatMap((id) => recordOf(state, read.tenant, id) ?? []);
      return records
        .filter((record) => covers(read, record.note.scope) && record.note.origin !== 'derived')
        .sort((left, right) => left.order - right.order)
        .map((record) => workingRow(state, record));
    },

    async unembedded(embedder, limit) {
      assertOpen();
      return [...state.notes.values()]
        .filter((record) => !record.vectors.has(embedder) && record.note.origin !== 'derived')
        .sort((left, right) => left.order - right.order)
        .slice(0, limit)
        .map((record) => stored(state, record.note));
    },

    async nearest(read, query) {
      assertOpen();
      assertScope(read);
      return nearestOf(recordsIn(state, read), query);
    },

    async settled() {},

    keys: apiKeyStore(state, pepper, assertOpen),
    audit: newAuditStore(state, assertOpen),
    policies: newPolicyStore(state, assertOpen),
    jobs: newJobStore(state, clock, assertOpen),
    runs: newRunStore(state, assertOpen),
    webhooks: newWebhookStore(state, assertOpen),

    async health() {
      assertOpen();
      return {
        kind: 'in-memory',
        writable: true,
        notes: state.notes.size,
        sequence: state.feed.length,
        commits,
        applies: commits,
        diskBytes: 0,
      };
    },

    async close() {
      isClosed = true;
    },
  };

  function assertOpen(): void {
    if (isClosed) throw new EcphoryError('unavailable', 'The store is closed.');
  }
}

/** Exact search over the vectors that `store` holds. Closing it leaves the store open. */
export function openInMemoryVectorSearch(store: InMemoryStore): VectorSearch {
  return { nearest: store.nearest, settled: store.settled, close: async () => {} };
}

function recordOf(state: State, tenant: Tenant, id: NoteId): NoteRecord | null {
  const record = state.notes.get(id);
  return record === undefined || record.note.scope.tenant !== tenant ? null : record;
}

function stored(state: State, note: Note): StoredNote {
  return { note, episode: episodeOf(state, note) };
}

function keptReceipt(state: State, tenant: Tenant, key: string, now: number): Receipt | null {
  const receipt = state.receipts.get(receiptKey(tenant, key));
  return receipt === undefined || receipt.expiresAt < now ? null : receipt;
}

/** No two tenants share one: a tenant cannot hold a line feed. */
function receiptKey(tenant: Tenant, key: string): string {
  return `${tenant}\n${key}`;
}

type Position = Pick<Note, 'createdAt' | 'id'>;

function newestFirst(left: Position, right: Position): number {
  return right.createdAt - left.createdAt || compareText(right.id, left.id);
}

function pageOf(passing: readonly StoredNote[], limit: number): Page<StoredNote> {
  const data = passing.slice(0, limit);
  const last = data.at(-1);
  const isMore = passing.length > data.length;
  return { data, nextCursor: isMore && last !== undefined ? `${last.note.createdAt}:${last.note.id}` : null };
}

function parseCursor(cursor: string): Position {
  const match = /^(-?\d+):(note_[0-9a-z]+)$/.exec(cursor);
  if (match === null) throw new EcphoryError('invalid', 'Not a cursor that a page gave.', { pointer: '/cursor' });
  return { createdAt: Number(match[1]), id: match[2] as NoteId };
}

function workingRow(state: State, record: NoteRecord): WorkingRow {
  const { note, order, keys, uses } = record;
  const episode = episodeOf(state, note);
  return {
    id: note.id,
    scope: note.scope,
    order,
    kind: note.kind,
    state: note.state,
    version: note.version,
    sessionId: episode?.sessionId ?? null,
    speaker: episode?.speaker ?? null,
    role: episode?.role ?? null,
    eventAt: episode?.eventAt ?? note.createdAt,
    createdAt: note.createdAt,
    validAt: note.validAt,
    invalidAt: note.invalidAt,
    expiredAt: note.expiredAt,
    place: episode?.place ?? null,
    trust: note.trust,
    importance: note.derived?.importance ?? note.importance,
    stability: note.retention.stability,
    lastUsedAt: note.retention.lastUsedAt,
    isPinned: note.isPinned,
    expiresAt: note.expiresAt,
    accesses: accessLogOf(note.createdAt, note.retention.uses, uses),
    keys,
  };
}

/** A scope that did not come from the parsers is a mistake in the caller, and would be a hole in a real store. */
function assertScope(scope: Scope | ReadScope): void {
  parseTenant(scope.tenant);
  if (parseNamespace(scope.namespace) !== scope.namespace) {
    throw new EcphoryError('invalid', 'A namespace is in Unicode form NFC.', { pointer: '/namespace' });
  }
}

function assertLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1) throw new EcphoryError('invalid', 'A page holds at least one item.');
}
