import type { Polarity } from './claim.ts';
import type { EntityKind } from './entity.ts';
import type { Origin, Trust } from './episode.ts';
import type { JobState, Pass } from './job.ts';
import type { LinkType } from './link.ts';
import type { NoteState } from './note.ts';
import type { Memory } from './service.ts';

/**
 * What the service says of facts, entities, links and background work. Times are ISO 8601 in UTC; ids are as in `Memory`.
 */

/** A semantic memory with a claim. `get`, `history`, `delete` and `restore` take its id like any other. */
export interface Fact {
  readonly id: string;
  readonly namespace: string;
  readonly subject: string;
  readonly attribute: string;
  readonly value: string;
  readonly polarity: Polarity;
  /** Whether at most one value holds at a time. */
  readonly isSingle: boolean;
  /** As one sentence. */
  readonly text: string;
  readonly state: NoteState;
  readonly trust: Trust;
  readonly origin: Origin;
  /** Since when it holds in the world, and until when; null: not known, or it still holds. */
  readonly validAt: string | null;
  readonly invalidAt: string | null;
  readonly createdAt: string;
  readonly supersededBy: string | null;
  /** Ids of the episodes that say so. */
  readonly sources: readonly string[];
  /** Facts that say otherwise of the same time, when nothing decides between them. */
  readonly contradicts: readonly string[];
}

export interface FactInput {
  readonly namespace: string;
  readonly subject: string;
  readonly attribute: string;
  readonly value: string;
  readonly polarity?: Polarity;
  /** Whether a later value takes its place; known for common attributes, true for others, if left out. */
  readonly isSingle?: boolean;
  /** Since when it holds; now if left out. */
  readonly validAt?: string;
}

/** What became of it: new, said before, in the place of older ones, or against ones that hold as well. */
export interface FactOutcome {
  readonly outcome: 'added' | 'corroborated' | 'superseded' | 'contradicted';
  readonly fact: Fact;
  /** Those it superseded or contradicts. */
  readonly others: readonly string[];
}

export interface FactsInput {
  readonly namespace: string;
  readonly subject?: string;
  readonly attribute?: string;
  /** What held at this time; now if left out. */
  readonly asOf?: string;
  /** Also those that no longer hold. */
  readonly includeSuperseded?: boolean;
  /** When there are more, those that came to be true last. */
  readonly limit?: number;
}

export interface ChangesInput {
  readonly namespace: string;
  readonly subject: string;
  readonly attribute?: string;
}

export interface FactChange {
  /** When it came to hold, or ceased to. */
  readonly at: string;
  readonly kind: 'began' | 'ended';
  readonly fact: Fact;
  /** What it took the place of, or what took its place. */
  readonly other: string | null;
}

export interface FactsAnswer {
  /** Best first. */
  readonly answers: readonly FactAnswer[];
}

/** One answer, reached over one fact, or several of which each is about the value of the one before. */
export interface FactAnswer {
  readonly value: string;
  readonly polarity: Polarity;
  readonly since: string | null;
  readonly until: string | null;
  /** In the order of the steps; the last one holds the value. */
  readonly path: readonly Fact[];
  /** What held before, oldest first. */
  readonly earlier: readonly Fact[];
  /** Facts that say otherwise of the same time. */
  readonly disputed: readonly Fact[];
}

export interface InvalidateInput {
  /** Since when it is no longer true; now if left out. */
  readonly invalidAt?: string;
  /** The id of the memory that replaces it. */
  readonly supersededBy?: string;
  readonly reason?: string;
}

export interface Related {
  readonly linkId: string;
  readonly type: LinkType;
  /** `from`: the link leads from the memory asked about. */
  readonly direction: 'from' | 'to';
  /** 0 to 1. */
  readonly weight: number;
  readonly reason: string | null;
  readonly createdAt: string;
  readonly memory: Memory;
}

export interface EntitiesInput {
  readonly namespace: string;
  /** Names that begin with it or have a word that does. */
  readonly prefix?: string;
  readonly limit?: number;
}

export interface EntityView {
  readonly id: string;
  readonly kind: EntityKind;
  readonly name: string;
  /** Memories that mention it. */
  readonly memories: number;
}

export interface EntityDetail extends EntityView {
  readonly namespace: string;
  /** Newest first, as many as a page holds. */
  readonly mentionedIn: readonly Memory[];
  /** What is held of it. */
  readonly facts: readonly Fact[];
}

export interface GraphInput {
  readonly namespace: string;
  /** The id of a memory or entity; without it the most linked of the newest memories. */
  readonly center?: string;
  /** Steps from the centre: 1 if left out. */
  readonly hops?: number;
  /** Nodes at most. */
  readonly limit?: number;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** Whether there is more than the limit let through. */
  readonly isTruncated: boolean;
}

export type GraphNode =
  | { readonly kind: 'memory'; readonly id: string; readonly memory: Memory; readonly hops: number }
  | { readonly kind: 'entity'; readonly id: string; readonly name: string; readonly hops: number };

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** `mentions` leads from a memory to an entity. */
  readonly type: LinkType | 'mentions';
  readonly weight: number;
  readonly reason: string | null;
}

export interface ConsolidateInput {
  readonly namespace: string;
  /** All if left out. */
  readonly passes?: readonly Pass[];
  /** Says what would be done and does nothing. */
  readonly dryRun?: boolean;
}

export interface ConsolidateOptions {
  /** Resolves when it is done or given up. */
  readonly wait?: boolean;
  readonly onProgress?: (operation: Operation) => void;
  readonly signal?: AbortSignal;
}

export interface Operation {
  readonly id: string;
  readonly kind: 'consolidation';
  readonly namespace: string;
  readonly passes: readonly Pass[];
  readonly dryRun: boolean;
  readonly state: JobState;
  readonly attempts: number;
  readonly done: number;
  readonly total: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** For one that waits for its next try. */
  readonly nextTryAt: string | null;
  readonly error: string | null;
  readonly result: OperationResult | null;
}

export interface OperationResult {
  /** Memories looked at. */
  readonly memories: number;
  /** Changes made, or with `dryRun` planned, by kind. */
  readonly changes: Readonly<Record<string, number>>;
  /** The run that can be reverted; null when nothing was changed. */
  readonly runId: string | null;
}

export interface OperationsInput {
  readonly states?: readonly JobState[];
  readonly limit?: number;
}

export interface RunsInput {
  readonly namespace?: string;
  readonly limit?: number;
}

export interface RunView {
  readonly id: string;
  readonly namespace: string;
  readonly operationId: string;
  readonly state: 'running' | 'done' | 'failed' | 'reverted';
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly changes: Readonly<Record<string, number>>;
}

export interface RunDetail extends RunView {
  /** What a model said, word for word. */
  readonly answers: readonly {
    readonly prompt: string;
    readonly model: string;
    readonly answer: string;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly at: string;
  }[];
}
