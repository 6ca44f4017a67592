import { createHash, randomUUID } from 'node:crypto';
import type { Metadata } from '../../memory/episode.ts';
import { EcphoryError, isEcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import { noteStates } from '../../memory/note.ts';
import type { ListInput, Memory, MemoryService, MessageInput } from '../../memory/service.ts';
import {
  fitsInMetadata,
  joined,
  packed,
  partsOf,
  type SessionNote,
  sessionFields,
  sessionNote,
  unpacked,
} from './session-note.ts';

/**
 * The history of a session as a log: every change of it is one atomic write at its end, also one that takes items away,
 * which says from which place on they no longer count. Each write is keyed by the place where it begins, so of two at
 * the same moment one is refused and planned again: the history is as if they had come one after the other.
 */
export interface SessionLog {
  /** The items that count, oldest first; with a limit the last of them. */
  items(limit?: number): Promise<readonly LoggedItem[]>;
  /**
   * Writes what `plan` says, or nothing when that is null. It is asked again when someone else wrote meanwhile, so what
   * it reads of the log holds when its entry is written.
   */
  write(plan: () => Promise<Entry | null>): Promise<void>;
  /** The digest of a transaction that was carried out since the session was cleared last, or null. */
  digestOf(operationId: string): Promise<string | null>;
}

export interface LoggedItem {
  readonly at: number;
  readonly json: string;
}

export interface Entry {
  readonly items: readonly { readonly json: string; readonly message: MessageInput }[];
  /** The items from this place on go; null when none do. */
  readonly cut: number | null;
  /** All of them go, and what was done before is forgotten. */
  readonly clears?: boolean;
  readonly operation?: { readonly id: string; readonly digest: string };
}

export function newSessionLog(memory: MemoryService, place: { namespace: string; sessionId: string }): SessionLog {
  const { namespace, sessionId } = place;
  return {
    async items(limit) {
      const notes = await countingNotes(limit);
      return Promise.all(notes.map(async ({ at, item }) => ({ at, json: await jsonOf(item) })));
    },
    async write(plan) {
      let skipped = 0;
      let before = -1;
      for (let triesLeft = limits.sessionTries; ; triesLeft -= 1) {
        const next = await nextPlace();
        // The place was taken and yet nothing is there: what took it is erased.
        skipped = next === before ? skipped + 1 : 0;
        before = next;
        const entry = await planned(plan, next);
        if (entry === null) return;
        if (entry !== 'outdated' && (await append(next + skipped, entry))) {
          if (entry.cut !== null || entry.items.length === 0) await archiveWhatWasCut();
          return;
        }
        if (triesLeft <= 1) throw new EcphoryError('conflict', 'Others change this session all the time. Try again.');
        await new Promise((resolve) => setTimeout(resolve, Math.random() * limits.sessionPauseMs));
      }
    },
    async digestOf(operationId) {
      const [operation] = await notesOf({ [sessionFields.operation]: operationId }, 1);
      const { [sessionFields.at]: at, [sessionFields.digest]: digest } = operation?.metadata ?? {};
      if (typeof at !== 'number' || typeof digest !== 'string') return null;
      const [cleared] = await notesOf({ [sessionFields.cleared]: true }, 1);
      const clearedAt = cleared?.metadata[sessionFields.at];
      return typeof clearedAt === 'number' && clearedAt > at ? null : digest;
    },
  };

  /** A plan that fails on a log that moved under it, has seen half of what someone else did. */
  async function planned(plan: () => Promise<Entry | null>, next: number): Promise<Entry | null | 'outdated'> {
    try {
      return await plan();
    } catch (error) {
      if ((await nextPlace()) !== next) return 'outdated';
      throw error;
    }
  }

  /** @returns false when someone else was first */
  async function append(next: number, entry: Entry): Promise<boolean> {
    const partIds: string[] = [];
    try {
      const items: MessageInput[] = [];
      for (const { json, message } of entry.items)
        items.push({ ...message, metadata: await itemMetadata(json, partIds) });
      const messages = items.length > 0 ? items : [{ content: '(history changed)', origin: 'agent' } as const];
      const first: Metadata = {
        [sessionFields.write]: randomUUID(),
        ...(entry.cut !== null && { [sessionFields.cut]: entry.cut }),
        ...(entry.clears === true && { [sessionFields.cleared]: true }),
        ...(entry.operation !== undefined && {
          [sessionFields.operation]: entry.operation.id,
          [sessionFields.digest]: entry.operation.digest,
        }),
      };
      const placed = messages.map((message, index) => ({
        ...message,
        metadata: { ...message.metadata, ...(index === 0 && first), [sessionFields.at]: next + index },
      }));
      await memory.add({ namespace, sessionId, messages: placed }, { idempotencyKey: keyOf(next) });
      return true;
    } catch (error) {
      for (const id of partIds) await memory.delete(id, { hard: true });
      if (isEcphoryError(error) && (error.code === 'key_reused' || error.code === 'conflict')) return false;
      throw error;
    }
  }

  /** Large items lie in memories of their own, which are archived at once: they are for nobody to find. */
  async function itemMetadata(json: string, partIds: string[]): Promise<Metadata> {
    const whole = packed(json);
    if (fitsInMetadata(whole)) return { [sessionFields.item]: whole };
    const ids: string[] = [];
    for (const [part, text] of partsOf(whole).entries()) {
      const metadata = { [sessionFields.part]: part };
      const added = await memory.add({ namespace, sessionId, origin: 'agent', text, metadata });
      for (const { id } of added.memories) {
        partIds.push(id);
        ids.push(id);
        await memory.delete(id);
      }
    }
    return { [sessionFields.parts]: ids };
  }

  async function jsonOf(item: SessionNote['item']): Promise<string> {
    if (item === null) throw new EcphoryError('internal', 'A memory of a session without an item.');
    if (item.kind === 'whole') return unpacked(item.packed);
    const parts = await Promise.all(item.ids.map((id) => memory.get(id)));
    return unpacked(joined(parts.map(({ text }) => text)));
  }

  async function countingNotes(limit = Number.POSITIVE_INFINITY): Promise<readonly SessionNote[]> {
    const counting: SessionNote[] = [];
    let cut = Number.POSITIVE_INFINITY;
    for await (const note of notes()) {
      if (counting.length >= limit) break;
      if (note.at < cut && note.item !== null) counting.push(note);
      cut = Math.min(cut, note.cut ?? cut);
    }
    return counting.reverse();
  }

  /**
   * First what no longer counts, the oldest of it first, then what says so: cut short in between, the history reads the
   * same, and the next cut does the rest.
   */
  async function archiveWhatWasCut(): Promise<void> {
    const over: SessionNote[] = [];
    const marks: SessionNote[] = [];
    let cut = Number.POSITIVE_INFINITY;
    for await (const note of notes()) {
      if (note.at >= cut) over.push(note);
      else if (note.item === null) marks.push(note);
      cut = Math.min(cut, note.cut ?? cut);
    }
    for (const { id } of [...over.reverse(), ...marks.reverse()]) await archive(id);
  }

  async function archive(id: string): Promise<void> {
    try {
      await memory.delete(id);
    } catch (error) {
      if (!isEcphoryError(error) || error.code !== 'not_found') throw error;
    }
  }

  /** Newest first. */
  async function* notes(): AsyncGenerator<SessionNote> {
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<MemoryService['list']>> = await memory.list({
        namespace,
        filter: { session_id: sessionId, [sessionFields.at]: { $exists: true } },
        limit: limits.pageLimit,
        ...(cursor !== null && { cursor }),
      });
      for (const note of page.data.flatMap((one) => sessionNote(one) ?? [])) yield note;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  async function nextPlace(): Promise<number> {
    const [last] = await notesOf({ [sessionFields.at]: { $exists: true } }, 1);
    const at = last?.metadata[sessionFields.at];
    return typeof at === 'number' ? at + 1 : 0;
  }

  /** In any state: what was archived was there. Newest first. */
  async function notesOf(filter: NonNullable<ListInput['filter']>, limit: number): Promise<readonly Memory[]> {
    const both = { $and: [{ session_id: sessionId }, filter] };
    const { data } = await memory.list({ namespace, filter: both, states: noteStates, limit });
    return data;
  }

  function keyOf(at: number): string {
    const words = JSON.stringify([namespace, sessionId, at]);
    return `session-${createHash('sha256').update(words).digest('base64url')}`;
  }
}
