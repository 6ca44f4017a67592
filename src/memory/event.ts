import type { FeedEntry } from './change.ts';
import type { Note } from './note.ts';

/**
 * What happened to memories, for whoever follows: ids, never a text. A `fact` is a memory that carries a claim, those that
 * passes find in conversations included. `used`: it was used, not merely found. `deleted`: erased, of either kind.
 */
export const eventTypes = [
  'memory.created',
  'memory.updated',
  'memory.superseded',
  'memory.archived',
  'memory.restored',
  'memory.invalidated',
  'memory.used',
  'memory.deleted',
  'fact.created',
  'fact.updated',
  'fact.superseded',
  'fact.archived',
  'fact.restored',
  'fact.invalidated',
  'fact.used',
  'consolidation.completed',
] as const;
export type EventType = (typeof eventTypes)[number];

export interface MemoryEvent {
  /** Its place in the feed: ascends, and resumes exactly behind it. */
  readonly id: string;
  readonly type: EventType;
  readonly namespace: string;
  /** Null for a consolidation. */
  readonly memoryId: string | null;
  readonly operationId: string | null;
  /** ISO 8601. */
  readonly at: string;
}

export interface EventsInput {
  /** `users/alice`, or `users/**` for it and everything below. */
  readonly namespace: string;
  /** All of them if left out. */
  readonly types?: readonly EventType[];
  /** The id of the last event that is known; `0` for all there ever were. From now on if left out. */
  readonly after?: string;
  /** Told once where the stream begins: the id behind which it goes on. */
  readonly onStart?: (id: string) => void;
  /** Ends the stream. */
  readonly signal?: AbortSignal;
}

/**
 * What an entry of the feed tells, or null when it is nobody's business: vectors, keywords, links. `note` is the note as it is
 * now; of one that was erased since only its end is told.
 */
export function eventTypeOf(entry: FeedEntry, note: Pick<Note, 'claim' | 'origin'> | null): EventType | null {
  if (entry.kind === 'job-done') return 'consolidation.completed';
  if (entry.kind === 'erased') return entry.noteId === null ? null : 'memory.deleted';
  const verb = verbOf(entry);
  if (verb === null || note === null) return null;
  if (note.claim !== null) return `fact.${verb}`;
  // Keys over memories, such as summaries: no memories themselves.
  return note.origin === 'derived' ? null : `memory.${verb}`;
}

type Verb = 'created' | 'updated' | 'superseded' | 'archived' | 'restored' | 'invalidated' | 'used';

function verbOf({ kind, detail }: FeedEntry): Verb | null {
  switch (kind) {
    case 'note-added':
      return 'created';
    case 'note-revised':
    case 'note-supported':
    case 'note-marked':
    case 'run-reverted':
      return 'updated';
    case 'note-superseded':
      return detail === 'superseded' ? 'superseded' : 'updated';
    case 'note-used':
      return 'used';
    case 'note-state-set':
      if (detail === 'active') return 'restored';
      return detail === 'archived' || detail === 'invalidated' ? detail : 'updated';
    default:
      return null;
  }
}
