import type { KeptAuditEntry } from '../memory/audit.ts';
import type { FeedEntry } from '../memory/change.ts';
import type { Mention } from '../memory/entity.ts';
import type { Episode } from '../memory/episode.ts';
import { EcphoryError } from '../memory/errors.ts';
import type { ApiKeyId, DeliveryId, EpisodeId, JobId, LinkId, NoteId, RunId, WebhookId } from '../memory/ids.ts';
import type { Job, ModelRecord, Run } from '../memory/job.ts';
import type { Link } from '../memory/link.ts';
import type { Note, NoteKeys, NoteVersion } from '../memory/note.ts';
import type { Policy } from '../memory/policy.ts';
import { covers, type ReadScope, type Scope, type Tenant } from '../memory/scope.ts';
import type { ApiKey, NoteUse, Receipt } from '../memory/store.ts';
import type { Delivery, Webhook } from '../memory/webhook.ts';

/** Everything the in-memory store holds. Values are frozen; only the maps and the feed change. */
export interface State {
  readonly episodes: Map<EpisodeId, Episode>;
  readonly notes: Map<NoteId, NoteRecord>;
  readonly links: Map<LinkId, Link>;
  /** By tenant, a line feed, and the key. */
  readonly receipts: Map<string, Receipt>;
  readonly cursors: Map<string, number>;
  readonly apiKeys: Map<ApiKeyId, ApiKey>;
  /** Oldest first. */
  readonly audit: Map<Tenant, readonly KeptAuditEntry[]>;
  /** By tenant, a line feed, and the namespace. */
  readonly policies: Map<string, Policy>;
  readonly jobs: Map<JobId, JobRecord>;
  /** Leases given so far, and the number of each tenant's last one. */
  readonly turns: Map<Tenant, number>;
  readonly runs: Map<RunId, RunRecord>;
  readonly webhooks: Map<WebhookId, Webhook>;
  /** In the order in which they were queued. */
  readonly deliveries: Map<DeliveryId, Delivery>;
  /** Entry n has sequence n + 1. */
  readonly feed: FeedEntry[];
  /** The `order` of the note added last; kept when that note is erased, so that no order is used twice. */
  lastOrder: number;
}

export interface NoteRecord {
  readonly note: Note;
  readonly order: number;
  readonly keys: NoteKeys;
  /** Oldest first; the last is the present one. */
  readonly versions: readonly NoteVersion[];
  readonly mentions: readonly Mention[];
  /** By embedder. */
  readonly vectors: ReadonlyMap<string, Float32Array>;
  /** Newest first, at most `recentUses`. */
  readonly uses: readonly NoteUse[];
  /** A run that was reverted had derived it: no pass looks at it by itself until it is revised. */
  readonly isTakenBack: boolean;
}

export interface JobRecord {
  readonly job: Job;
  /** Of the last lease; 0 before the first. */
  readonly token: number;
  /** Null while nobody holds it. */
  readonly leaseUntil: number | null;
}

export interface RunRecord {
  readonly run: Run;
  readonly records: readonly ModelRecord[];
  /** By what was touched, in the order of the first touch. */
  readonly effects: ReadonlyMap<string, Effect>;
}

/** Something that a run touched: how it was before, and how the run left it. Null where it was not there. */
export type Effect =
  | {
      readonly kind: 'note';
      readonly noteId: NoteId;
      readonly before: NoteRecord | null;
      readonly after: NoteRecord | null;
    }
  | {
      readonly kind: 'mentions';
      readonly noteId: NoteId;
      readonly before: readonly Mention[];
      readonly after: readonly Mention[];
    }
  | { readonly kind: 'link'; readonly end: LinkEnds; readonly before: Link | null; readonly after: Link | null }
  | { readonly kind: 'episode'; readonly episodeId: EpisodeId };

/** What there is at most one link of. */
export type LinkEnds = Pick<Link, 'from' | 'to' | 'type'>;

export function emptyState(): State {
  return {
    episodes: new Map(),
    notes: new Map(),
    links: new Map(),
    receipts: new Map(),
    cursors: new Map(),
    apiKeys: new Map(),
    audit: new Map(),
    policies: new Map(),
    jobs: new Map(),
    turns: new Map(),
    runs: new Map(),
    webhooks: new Map(),
    deliveries: new Map(),
    feed: [],
    lastOrder: 0,
  };
}

export function sameScope(left: Scope, right: Scope): boolean {
  return left.tenant === right.tenant && left.namespace === right.namespace;
}

/** The order of SQLite's BINARY for the ASCII of ids. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

export function notFound(what: string, id: string): EcphoryError {
  return new EcphoryError('not_found', `There is no ${what} ${id} here.`);
}

export function conflict(what: string, id: string): EcphoryError {
  return new EcphoryError('conflict', `There is already a ${what} ${id}.`);
}

/** The notes that a read may see, in the order they were added. */
export function recordsIn(state: State, read: ReadScope): NoteRecord[] {
  assertRead(read);
  return [...state.notes.values()]
    .filter((record) => covers(read, record.note.scope))
    .sort((left, right) => left.order - right.order);
}

/** The episode a note is one to one with. */
export function episodeOf(state: State, note: Note): Episode | null {
  const source = note.kind === 'episodic' ? note.sources[0] : undefined;
  return source === undefined ? null : (state.episodes.get(source) ?? null);
}

function assertRead(read: ReadScope): void {
  if (typeof read.subtree !== 'boolean') throw new EcphoryError('internal', 'A read says whether it is of a subtree.');
}

/** A copy that nobody can change, so that neither the caller nor a reader can reach into the store. */
export function frozenCopy<Value>(value: Value): Value {
  return deepFrozen(structuredClone(value));
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  for (const inner of Object.values(value)) deepFrozen(inner);
  return Object.freeze(value);
}

/** Writes to maps that can be taken back: what makes a batch all or nothing. */
export interface Journal {
  put<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void;
  remove<Key, Value>(map: Map<Key, Value>, key: Key): void;
  /** Remembers how to take back some other write. */
  onUndo(step: () => void): void;
  /** Takes back every write, the last one first. */
  undo(): void;
}

export function newJournal(): Journal {
  const steps: (() => void)[] = [];
  function rememberValue<Key, Value>(map: Map<Key, Value>, key: Key): void {
    const had = map.has(key);
    const before = map.get(key);
    steps.push(() => {
      if (had) map.set(key, before as Value);
      else map.delete(key);
    });
  }
  return {
    put(map, key, value) {
      rememberValue(map, key);
      map.set(key, value);
    },
    remove(map, key) {
      rememberValue(map, key);
      map.delete(key);
    },
    onUndo: (step) => {
      steps.push(step);
    },
    undo() {
      for (const step of steps.reverse()) step();
    },
  };
}
