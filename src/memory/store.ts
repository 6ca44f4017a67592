import type { KeyScope } from './access.ts';
import type { AccessLog } from './activation.ts';
import type { AuditStore } from './audit.ts';
import type { Change, FeedEntry } from './change.ts';
import type { Entity, Mention } from './entity.ts';
import type { Episode, Role, Trust } from './episode.ts';
import type { Filter } from './filter.ts';
import type { Grade } from './forgetting.ts';
import type { ApiKeyId, EntityId, EpisodeId, NoteId, RunId } from './ids.ts';
import type { Fence, JobStore, RunStore } from './job.ts';
import type { Link } from './link.ts';
import type { Note, NoteKeys, NoteKind, NotePast, NoteState, NoteVersion } from './note.ts';
import type { PolicyStore } from './policy.ts';
import type { Namespace, ReadScope, Scope, Tenant } from './scope.ts';
import type { SummaryLevel } from './summary.ts';
import type { WebhookStore } from './webhook.ts';

/** A note with the episode it is one to one with; `null` for a note of another kind. */
export interface StoredNote {
  readonly note: Note;
  readonly episode: Episode | null;
}

/**
 * Where memory is kept. One contract, every back-end (`test/contract/store.ts` runs on each).
 *
 * Order is stated per method; nothing else may be relied on. A missing id is left out or `null`, and an id of
 * another tenant is missing: the two cannot be told apart. Every method fails with an `EcphoryError`, never
 * with a driver's error. Reads see every write whose promise has resolved.
 */
export interface Store {
  /**
   * Applies the changes together or not at all, appends them to the feed, and resolves once they survive a
   * power cut. Calls apply in some order, each as if alone; one that fails changes nothing and fails no other.
   * Every change must belong to `scope`; a note or link of another scope is `not_found`.
   *
   * @throws `conflict` an id that is already there; `stale` a version or cursor that has moved on;
   *   `not_found` a reference to a note, episode or link that is not there; `key_reused` see `Receipt`;
   *   `stale` also for a lost lease, see `Fence`; `out_of_space` a full disk.
   */
  apply(scope: Scope, changes: readonly Change[], options?: ApplyOptions): Promise<Applied>;

  /** The receipt kept under this key, if it has not run out. */
  receipt(tenant: Tenant, key: string): Promise<Receipt | null>;

  note(tenant: Tenant, id: NoteId): Promise<StoredNote | null>;
  /** In the order of `ids`, missing ones left out. */
  notes(tenant: Tenant, ids: readonly NoteId[]): Promise<readonly StoredNote[]>;
  /** Newest first: by (createdAt, id) descending. */
  list(read: ReadScope, query: ListQuery): Promise<Page<StoredNote>>;
  /** Every id in scope whose note passes, in no order, whatever its state. */
  matching(read: ReadScope, filter: Filter): Promise<readonly NoteId[]>;
  /** Oldest first; the last one is what `note` returns. Empty when there is no such note. */
  history(tenant: Tenant, id: NoteId): Promise<readonly NoteVersion[]>;
  /** Links from or to any of the notes, ordered by (from, to, type). */
  links(tenant: Tenant, ids: readonly NoteId[]): Promise<readonly Link[]>;
  /** Mentions in a note, ordered by (start, entity id). */
  mentions(tenant: Tenant, id: NoteId): Promise<readonly Mention[]>;
  /** Entities that notes in scope mention, ordered by mentioning notes descending, then id. */
  entities(read: ReadScope, query: EntityQuery): Promise<readonly EntityCount[]>;
  entity(tenant: Tenant, id: EntityId): Promise<EntityCount | null>;
  /** Notes that mention the entity, newest first. */
  notesOfEntity(tenant: Tenant, id: EntityId, limit: number): Promise<readonly StoredNote[]>;
  /** Semantic notes with a claim that match all that is given, ordered by (createdAt, id). Uses an index each. */
  claims(read: ReadScope, query: ClaimQuery): Promise<readonly StoredNote[]>;
  /** Notes of origin `derived` that rest on any of the episodes, ordered by (createdAt, id). */
  derivedFrom(tenant: Tenant, episodes: readonly EpisodeId[]): Promise<readonly StoredNote[]>;
  /**
   * Active notes in scope that are not derived themselves and whose `derived` is null, in the order they were added. Those that a
   * reverted run had derived are left alone until they are revised, unless they are asked for: what a person took back must not
   * come back by itself.
   */
  underived(
    read: ReadScope,
    limit: number,
    options?: { readonly includeReverted?: boolean },
  ): Promise<readonly NoteId[]>;

  /**
   * Everything there is about the notes of one namespace, of any state and origin, in the order they were added, a page at a
   * time. `after` is the last `order` seen, 0 to begin. For exports.
   */
  wholeNotes(scope: Scope, after: number, limit: number): Promise<readonly WholeNote[]>;

  /** The last sequence of the feed that touched what `read` covers; 0 when nothing has. */
  head(read: ReadScope): Promise<number>;
  /** Entries after `after` that touch what `read` covers, ascending, at most `limit`. */
  feed(read: ReadScope, after: number, limit: number): Promise<readonly FeedEntry[]>;
  /** Entries of every tenant, for the process's own followers; never reachable from a request. */
  feedOfEveryTenant(after: number, limit: number): Promise<readonly FeedEntry[]>;
  /** Where the named follower of every tenant's feed stands; 0 when it never moved. */
  cursor(name: string): Promise<number>;

  /**
   * The rows a working set is built from: every note in scope of any state, except those of origin `derived`, which are keys
   * over others and no hits, in the order they were added (`order` ascending), a page at a time. `after` is the last `order` seen, 0 to begin.
   * Rows written meanwhile may or may not be in it: read `head` first, then follow the feed from there.
   */
  workingRows(read: ReadScope, after: number, limit: number): Promise<readonly WorkingRow[]>;
  /** The rows of these notes that are in scope, ordered by `order`; erased and derived ones are left out. */
  workingRowsOf(read: ReadScope, ids: readonly NoteId[]): Promise<readonly WorkingRow[]>;

  /** Notes that have no vector of this embedder, oldest first, for backfill. */
  unembedded(embedder: string, limit: number): Promise<readonly StoredNote[]>;

  readonly keys: ApiKeyStore;
  readonly audit: AuditStore;
  /** The last uses of each, newest first, at most `recentUses`; a note that was never used has none. */
  uses(tenant: Tenant, ids: readonly NoteId[]): Promise<ReadonlyMap<NoteId, readonly NoteUse[]>>;
  /** Active summary notes, ordered by (level, key). */
  summaries(read: ReadScope, query: SummaryQuery): Promise<readonly StoredNote[]>;
  /** Active notes of every tenant, not pinned, whose time has run out, ordered by (expiresAt, id). */
  expired(now: number, limit: number): Promise<readonly StoredNote[]>;
  /** Every scope that has ever been written to, in no order. For the process's own schedule. */
  scopes(): Promise<readonly Scope[]>;
  /** One walk over indexes; no text is read. */
  stats(read: ReadScope): Promise<StoreStats>;

  readonly policies: PolicyStore;
  readonly jobs: JobStore;
  readonly runs: RunStore;
  readonly webhooks: WebhookStore;

  /** Counts for `/readyz` and `stats`; cheap. */
  health(): Promise<StoreHealth>;
  /** Waits for writes under way, then lets go of every file. Idempotent. */
  close(): Promise<void>;
}

export interface ApplyOptions {
  /**
   * Makes the write idempotent: when a receipt with this key exists the changes are not applied. The same
   * `fingerprint` gives that receipt back, another one is `key_reused`.
   */
  readonly receipt?: Receipt;
  /** The lease under which the write is made, checked inside the commit. */
  readonly fence?: Fence;
  /** Records under this run what every touched note and link was before, so that `run-reverted` can put it back. */
  readonly run?: RunId;
}

export interface WholeNote extends StoredNote {
  readonly order: number;
  readonly past: NotePast;
  readonly mentions: readonly Mention[];
  /** Of its sources those with no episodic note of their own, of which this is the first note that rests on them. */
  readonly looseEpisodes: readonly Episode[];
}

export interface ClaimQuery {
  /** Keys of subjects, by `claimKey`: any of them. */
  readonly subjects?: readonly string[];
  /** Keys of attributes: any of them. */
  readonly attributes?: readonly string[];
  /** Keys of values: any of them. */
  readonly values?: readonly string[];
  /** Resting on any of these episodes. */
  readonly sources?: readonly EpisodeId[];
  /** Only those marked as replaced whose successor is gone: they may hold after all. */
  readonly isOrphaned?: boolean;
  /** `active` only if left out. */
  readonly states?: readonly NoteState[];
  readonly limit: number;
}

export interface NoteUse {
  readonly at: number;
  readonly grade: Grade;
}

export interface SummaryQuery {
  readonly levels?: readonly SummaryLevel[];
  readonly keys?: readonly string[];
  readonly limit: number;
}

/** Notes of origin `derived` are keys, no memories: they count in `kinds` and `facts` alone. */
export interface StoreStats {
  readonly states: Readonly<Record<NoteState, number>>;
  /** Active ones; and so are those pinned, never used and underived. */
  readonly kinds: Readonly<Record<NoteKind, number>>;
  readonly pinned: number;
  readonly entities: number;
  readonly links: number;
  readonly facts: { readonly current: number; readonly superseded: number; readonly disputed: number };
  readonly neverUsed: number;
  readonly underived: number;
  /** Notes added a day (UTC), the last 30 days with any, oldest first; `day` is its beginning. */
  readonly growth: readonly { readonly day: number; readonly added: number }[];
}

export interface EntityQuery {
  /** Names that begin with it or have a word that does, folded as `claimKey` folds; null for all. */
  readonly prefix: string | null;
  readonly limit: number;
}

export interface EntityCount {
  readonly entity: Entity;
  /** Notes that mention it. */
  readonly notes: number;
}

/** The answer to a request that was carried out, kept so that a repeat is answered alike. Ids only, no content. */
export interface Receipt {
  readonly key: string;
  /** A hash of the request, to tell a repeat from another request under the same key. */
  readonly fingerprint: string;
  /** JSON. */
  readonly answer: string;
  /** Milliseconds since 1970; after that the key is free again. */
  readonly expiresAt: number;
}

export interface Applied {
  /** The sequence of the last feed entry written; that of the head when replayed or empty. */
  readonly sequence: number;
  /** The earlier answer, when this was a repeat. */
  readonly replayed: Receipt | null;
  /** Every note that `erased` changes took away, those derived from the named ones included. */
  readonly erased: readonly NoteId[];
}

export interface ListQuery {
  readonly limit: number;
  /** What an earlier page gave as `nextCursor`; opaque. A malformed one is `invalid` at `/cursor`. */
  readonly cursor: string | null;
  readonly filter: Filter | null;
  readonly states: readonly NoteState[];
}

export interface Page<Item> {
  readonly data: readonly Item[];
  readonly nextCursor: string | null;
}

/** What ranking needs of one note: no text. */
export interface WorkingRow {
  readonly id: NoteId;
  readonly scope: Scope;
  /** Ascends in the order notes were added; never reused. */
  readonly order: number;
  readonly kind: NoteKind;
  readonly state: NoteState;
  readonly version: number;
  readonly sessionId: string | null;
  readonly speaker: string | null;
  readonly role: Role | null;
  /** When it happened; for a note without an episode, when it was created. */
  readonly eventAt: number;
  readonly createdAt: number;
  readonly validAt: number | null;
  readonly invalidAt: number | null;
  readonly expiredAt: number | null;
  readonly place: string | null;
  readonly trust: Trust;
  /** The derived one where there is one. */
  readonly importance: number;
  readonly stability: number;
  readonly lastUsedAt: number;
  readonly isPinned: boolean;
  readonly expiresAt: number | null;
  /** Null while it was never used since it was made. */
  readonly accesses: AccessLog | null;
  readonly keys: NoteKeys;
}

export interface StoreHealth {
  readonly kind: 'sqlite' | 'in-memory';
  readonly writable: boolean;
  readonly notes: number;
  readonly sequence: number;
  /** Transactions committed and changes applied since the store was opened: how well commits are shared. */
  readonly commits: number;
  readonly applies: number;
  readonly diskBytes: number;
}

export interface ApiKey {
  readonly id: ApiKeyId;
  readonly tenant: Tenant;
  readonly name: string;
  /** HMAC-SHA-256 of the secret under the store's pepper, hex. */
  readonly secretHash: string;
  readonly scopes: readonly KeyScope[];
  /** It reaches these namespaces and what is below them; null for every namespace of the tenant. */
  readonly namespaces: readonly Namespace[] | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

/** Keys belong to no tenant's scope: they say what the scope is. */
export interface ApiKeyStore {
  /** Random bytes made once per store, hex: what secrets are hashed under. */
  pepper(): Promise<string>;
  add(key: ApiKey): Promise<void>;
  find(id: ApiKeyId): Promise<ApiKey | null>;
  /** Oldest first; of every tenant if none is given. */
  list(tenant?: Tenant): Promise<readonly ApiKey[]>;
  /** @throws `not_found` */
  revoke(id: ApiKeyId, at: number): Promise<void>;
  /**
   * Adds `successor` and has `id` expire then, or when it already would, together or not at all.
   * @throws `not_found`; `conflict` when the id of the successor is there
   */
  rotate(id: ApiKeyId, successor: ApiKey, expiresAt: number): Promise<void>;
}

/** Search over the vectors of one embedder. Answers are re-checked against the store before they are used. */
export interface VectorSearch {
  /**
   * The nearest notes by cosine, best first, ties by note id ascending, of any state, never of another scope
   * or embedder, never erased. `exact: false` means an approximate index answered.
   */
  nearest(read: ReadScope, query: VectorQuery): Promise<VectorAnswer>;
  /** Waits until every index under construction is in use. For benchmarks and tests. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface VectorQuery {
  readonly embedder: string;
  readonly vector: Float32Array;
  readonly limit: number;
}

export interface VectorAnswer {
  readonly hits: readonly { readonly noteId: NoteId /** -1 to 1. */; readonly similarity: number }[];
  readonly exact: boolean;
  /** Why the answer may be slower or less than it should be, or null. */
  readonly degraded: string | null;
}
