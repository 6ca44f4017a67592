import type { ContextOrder } from './context-order.ts';
import type { Json, Metadata, Origin, Role, Trust } from './episode.ts';
import type { ExchangeService } from './exchange.ts';
import type { Explanation } from './explanation.ts';
import type {
  ChangesInput,
  ConsolidateInput,
  ConsolidateOptions,
  EntitiesInput,
  EntityDetail,
  EntityView,
  Fact,
  FactChange,
  FactInput,
  FactOutcome,
  FactsAnswer,
  FactsInput,
  Graph,
  GraphInput,
  InvalidateInput,
  Operation,
  OperationsInput,
  Related,
  RunDetail,
  RunsInput,
  RunView,
} from './knowledge.ts';
import type { NoteKind, NoteState } from './note.ts';
import type { Policy } from './policy.ts';
import type { MemoryNeed } from './recall.ts';
import type { AbstainReason, SequenceKind } from './sequence.ts';
import type { Page } from './store.ts';
import type {
  FeedbackInput,
  FeedbackResult,
  PolicyInput,
  Profile,
  ProfileInput,
  RetentionView,
  Stats,
  TimelineEvent,
  TimelineInput,
} from './upkeep.ts';

/**
 * Everything a caller can do, for one tenant. The in-process service (`src/service.ts`) and the HTTP client
 * (`src/sdk/client.ts`) implement it and pass the same tests (`test/contract/service.ts`).
 *
 * The tenant is bound when the service is made: from the API key over HTTP, by name in process. Whatever can
 * see many memories takes a `namespace`. Times are ISO 8601 in UTC. Every method rejects with `EcphoryError`:
 * `invalid` with pointers, `not_found` for an id that is unknown or another tenant's, `unauthenticated`.
 */
export interface MemoryService extends ExchangeService {
  /** Stores verbatim, atomically, searchable by words the moment it resolves. */
  add(input: AddInput, options?: WriteOptions): Promise<AddResult>;
  /** Up to `limits.itemsPerBatch` adds, each of them atomic; the answers are in the order of the items. */
  addBatch(items: readonly AddInput[], options?: WriteOptions): Promise<BatchResult>;
  search(input: SearchInput): Promise<SearchResult>;
  /** What a search finds, as text for a prompt, within a limit of tokens. Never writes. */
  context(input: ContextInput): Promise<ContextResult>;
  get(id: string): Promise<Memory>;
  /** Newest first. */
  list(input: ListInput): Promise<Page<Memory>>;
  /** The last messages of a session in the order in which they were told; `nextCursor` leads to those before them. */
  messages(input: MessagesInput): Promise<Page<Memory>>;
  /** Makes a new version; the old one stays in `history`. */
  update(id: string, input: UpdateInput, options?: UpdateOptions): Promise<Memory>;
  /** Archives: out of recall, restorable. With `hard` it erases: gone from every byte, with what rests on it. */
  delete(id: string, options?: DeleteOptions): Promise<DeleteResult>;
  /** Every version, oldest first. */
  history(id: string): Promise<readonly MemoryVersion[]>;
  /** Brings an archived or invalidated memory back into recall. */
  restore(id: string, options?: WriteOptions): Promise<Memory>;
  /** What became of memories that were used: the one way, with `reinforce`, in which they are kept longer. */
  feedback(input: FeedbackInput, options?: WriteOptions): Promise<FeedbackResult>;
  /** Its forgetting curve, with its reviews and a forecast. */
  retention(id: string): Promise<RetentionView>;
  /** How a namespace forgets, and settings for it; what is left out stays as it is. */
  policy(namespace: string): Promise<Policy>;
  setPolicy(input: PolicyInput): Promise<Policy>;
  /** Who the namespace is about. The same until something in it changes. */
  profile(input: ProfileInput): Promise<Profile>;
  /** What happened, in order. */
  timeline(input: TimelineInput): Promise<readonly TimelineEvent[]>;
  stats(namespace: string): Promise<Stats>;
  /** It stopped being true: kept, marked, out of recall from then on. */
  invalidate(id: string, input?: InvalidateInput, options?: WriteOptions): Promise<Memory>;
  /** What is linked with it, strongest first. */
  related(id: string): Promise<readonly Related[]>;

  /** Stores a structured fact, settled against those already held by the same rule as facts found in conversations. */
  addFact(input: FactInput, options?: WriteOptions): Promise<FactOutcome>;
  /** What is held of a subject: current facts, or all of them in the order in which they came to be true. */
  facts(input: FactsInput): Promise<readonly Fact[]>;
  /** What changed about a subject, oldest first. */
  changes(input: ChangesInput): Promise<readonly FactChange[]>;

  /** Named in memories, most mentioned first. */
  entities(input: EntitiesInput): Promise<readonly EntityView[]>;
  entity(id: string): Promise<EntityDetail>;
  /** Memories, entities and links around one memory, or the most linked of the namespace. */
  graph(input: GraphInput): Promise<Graph>;

  /** Has the background passes run over a namespace now. Resolves at once, or with `wait` when they are done. */
  consolidate(input: ConsolidateInput, options?: ConsolidateOptions & WriteOptions): Promise<Operation>;
  operation(id: string): Promise<Operation>;
  /** Newest first. */
  operations(input?: OperationsInput): Promise<readonly Operation[]>;
  /** Tries again what was given up or cancelled. */
  retryOperation(id: string, options?: WriteOptions): Promise<Operation>;
  cancelOperation(id: string, options?: WriteOptions): Promise<Operation>;
  /** What background passes did, newest first. */
  runs(input: RunsInput): Promise<readonly RunView[]>;
  run(id: string): Promise<RunDetail>;
  /** Takes back everything that a run did and nobody changed since. */
  revertRun(id: string, options?: WriteOptions): Promise<RunView>;
}

export interface WriteOptions {
  /** A repeat with the same key and input gives the first answer and stores nothing. Kept for 24 hours. */
  readonly idempotencyKey?: string;
}

/** One text, or a conversation's messages in order. */
export type AddInput = AddTextInput | AddMessagesInput;

interface AddCommon {
  readonly namespace: string;
  readonly sessionId?: string;
  readonly tags?: readonly string[];
  readonly metadata?: Metadata;
}

export interface AddTextInput extends AddCommon, MessageDetails {
  readonly text: string;
}

export interface AddMessagesInput extends AddCommon {
  readonly messages: readonly MessageInput[];
}

export interface MessageDetails {
  readonly role?: Role;
  /** Who spoke. */
  readonly name?: string;
  /** When it happened, ISO 8601; a time without zone is UTC. Now if left out. */
  readonly timestamp?: string;
  readonly place?: string;
  /** Never archived by forgetting. */
  readonly pinned?: boolean;
  /** Archived from then on, ISO 8601. */
  readonly expiresAt?: string;
  /** Where it came from; `tool` and `web` are trusted less. `user` if left out (`agent` for assistants). */
  readonly origin?: Exclude<Origin, 'derived'>;
}

export interface MessageInput extends MessageDetails {
  readonly content: string;
  readonly metadata?: Metadata;
}

export interface AddResult {
  /** In the order of the messages. */
  readonly memories: readonly { readonly id: string; readonly episodeId: string }[];
  /** `pending`: stored and found by words; its vector follows. `off`: no vectors are kept. */
  readonly embedding: 'ready' | 'pending' | 'off';
}

export interface BatchResult {
  readonly results: readonly BatchItemResult[];
}

export type BatchItemResult =
  | ({ readonly status: 'stored' } & AddResult)
  | {
      readonly status: 'failed';
      readonly error: { readonly code: string; readonly detail: string; readonly pointer: string };
    };

export interface Memory {
  readonly id: string;
  readonly namespace: string;
  readonly kind: NoteKind;
  readonly text: string;
  readonly keywords: readonly string[];
  readonly tags: readonly string[];
  readonly context: string | null;
  readonly state: NoteState;
  readonly pinned: boolean;
  readonly expiresAt: string | null;
  readonly version: number;
  readonly sessionId: string | null;
  readonly role: Role | null;
  readonly name: string | null;
  /** When it happened; null for a note without an episode. */
  readonly timestamp: string | null;
  readonly place: string | null;
  readonly origin: Origin;
  readonly trust: Trust;
  readonly validAt: string | null;
  readonly invalidAt: string | null;
  readonly createdAt: string;
  readonly revisedAt: string;
  readonly supersededBy: string | null;
  /** Ids of the episodes it rests on. */
  readonly sources: readonly string[];
  readonly metadata: Metadata;
}

export interface SearchInput {
  /** `users/alice`, or `users/**` for it and everything below. */
  readonly namespace: string;
  /** Only ever words: no syntax is interpreted. */
  readonly query: string;
  readonly limit?: number;
  /** `{topic: "x", created_at: {$gte: "2024-01-01"}}`, see `memory/filter.ts`. */
  readonly filter?: Json;
  /** What was true and held at this time, ISO 8601. */
  readonly asOf?: string;
  /** When the question is asked, for "last week"; now if left out. */
  readonly queryTimestamp?: string;
  readonly explain?: boolean;
  readonly includeArchived?: boolean;
  /** Counts the hits as used: the one way in which a read writes. */
  readonly reinforce?: boolean;
}

export interface SearchResult {
  readonly hits: readonly Hit[];
  readonly confidence: Confidence;
  /** Beside the hits, never instead of them; absent when the query asks for no order. English only. */
  readonly sequence?: Sequence;
  /** Beside the hits: what is held as facts of whom the query asks about. Absent when it asks about none that is held. */
  readonly facts?: FactsAnswer;
  /** Ids of archived memories that the query finds when what is active answers it badly; absent otherwise. */
  readonly archived?: readonly string[];
  /** Parts that did not take part, such as `vectors: ...`; empty when all is well. */
  readonly degraded: readonly string[];
}

/**
 * How likely it is that the memory holds an answer to the query, 0 to 1: at .5 the evidence speaks neither way; below .3
 * an agent had better say that it does not know. It says nothing of single hits, and none is left out for it. Judged by
 * words alone: what was said in other words, or only found by its letters, counts as not said. On conversations
 * left out of the fit it tells answerable questions from others with an AUROC of .844 on LoCoMo (category 5) and .826 on
 * BEAM (abstention). Those have hundreds of memories: with a dozen or fewer it only tells likelier from less likely.
 */
export type Confidence = number;

/** A question about the order of episodes, answered from when they happened, never from likeness. */
export interface Sequence {
  readonly kind: SequenceKind;
  /**
   * The memories that it rests on: for a question of two, in the order of the question; for `just_before` and
   * `just_after` the one meant, then its neighbour; for `first_time` and `last_time` that one. Empty when abstained.
   */
  readonly episodes: readonly { readonly memoryId: string /** When it happened. */; readonly at: string }[];
  /** `first` and `second` are the parts of the question. Null when the episodes or `elapsedMs` say it, or when abstained. */
  readonly answer: 'first' | 'second' | 'yes' | 'no' | null;
  /** Between the two episodes, never below 0; only for `elapsed`. It says nothing of dates that they speak of. */
  readonly elapsedMs?: number;
  /** Why there is no answer: each part of the question must mean exactly one episode. */
  readonly abstained: AbstainReason | null;
}

export interface Hit {
  /** For ordering within this answer; not a probability. */
  readonly score: number;
  /**
   * How many more memories were found that say the same words, by the same speaker, and are no hits of their own; absent
   * when none. In an account (a query for a summary or an order) each is a hit.
   */
  readonly copies?: number;
  readonly memory: Memory;
  readonly explanation?: Explanation;
}

export interface ContextInput extends Pick<SearchInput, 'namespace' | 'query' | 'filter' | 'asOf' | 'queryTimestamp'> {
  /** Of the whole text, in tokens of `o200k_base`; 2,000 if left out. */
  readonly maxTokens?: number;
  /** `chronological` if left out. */
  readonly order?: ContextOrder;
  /**
   * Whether a question that a short hit may answer, or the answer to one that it asks, comes along with the best hits, in
   * at most 30 % of the text; true if left out.
   */
  readonly neighbours?: boolean;
  /**
   * Names memories in the text by their ids, some 20 tokens each, and gives their sources. Otherwise a memory is named
   * in the text by its place in `memories`, from 1.
   */
  readonly includeSources?: boolean;
  /**
   * Gives nothing when the query, taken as what a user just said, needs no memory: thanks, a text to translate, the
   * boiling point of water. False if left out. English only, and sometimes wrong: not for queries that an agent wrote
   * because it wants to know something.
   */
  readonly gate?: boolean;
}

export interface ContextResult {
  /**
   * For a prompt: memories as data inside a fence that nobody could foresee. Empty when nothing was found, or needed.
   */
  readonly text: string;
  /** In the order of the text: the first is `[1]`. */
  readonly memories: readonly ContextMemory[];
  readonly tokens: number;
  /** Hits that are not in the text: `folded` into one that says the same words, or left out for want of `room`. */
  readonly dropped: { readonly folded: number; readonly room: number };
  /** Of the search, not of what there was room for. Null when the gate let nothing be searched. */
  readonly confidence: Confidence | null;
  /** With `gate`. */
  readonly gate?: MemoryNeed;
  /** As for a search; what of it there was room for stands in the text. */
  readonly facts?: FactsAnswer;
  /** As for a search. */
  readonly degraded: readonly string[];
}

export interface ContextMemory {
  readonly id: string;
  /** Found by the query, beside one that was, or a standing instruction or preference that bears on it. */
  readonly by: 'hit' | 'neighbour' | 'standing';
  /** Only its best parts are in the text. */
  readonly isCut: boolean;
  /** Ids of the episodes it rests on, with `includeSources`. */
  readonly sources?: readonly string[];
}

export interface ListInput {
  readonly namespace: string;
  readonly limit?: number;
  readonly cursor?: string;
  readonly filter?: Json;
  /** `active` only if left out. */
  readonly states?: readonly NoteState[];
}

export interface MessagesInput {
  readonly namespace: string;
  readonly sessionId: string;
  readonly limit?: number;
  readonly cursor?: string;
}

/** `undefined` leaves a field as it is. */
export interface UpdateInput {
  readonly text?: string;
  readonly tags?: readonly string[];
  readonly metadata?: Metadata;
  readonly validAt?: string | null;
  readonly invalidAt?: string | null;
  readonly pinned?: boolean;
  readonly expiresAt?: string | null;
}

export interface UpdateOptions {
  /** Fails with `stale` when the memory is at another version. */
  readonly ifVersion?: number;
}

export interface DeleteOptions extends UpdateOptions {
  readonly hard?: boolean;
}

export interface DeleteResult {
  readonly id: string;
  readonly state: 'archived' | 'erased';
  /** Ids that went with it when erased: notes derived from it. */
  readonly erased: readonly string[];
}

export interface MemoryVersion {
  readonly version: number;
  /** How often a pass had derived keywords, tags and context by then. */
  readonly derivation: number;
  readonly text: string;
  readonly tags: readonly string[];
  readonly keywords: readonly string[];
  readonly context: string | null;
  readonly metadata: Metadata;
  readonly at: string;
  readonly cause: string;
}
