import type { Analyzer } from '../../src/memory/analyzer.ts';
import type { NoteId } from '../../src/memory/ids.ts';
import { parseNamespace, parseTenant } from '../../src/memory/scope.ts';
import { parseTime } from '../../src/memory/time.ts';
import type { WorkingSet } from '../../src/retrieval/working-set.ts';
import { newWorkingSet } from '../../src/retrieval/working-set-updates.ts';
import type { Conversation, Turn } from '../datasets/dataset.ts';

/** A conversation as a scope would hold it, a note a turn, without a store: what experiments rank. */
export interface ConversationMemory {
  readonly set: WorkingSet;
  /** By slot. */
  readonly turns: readonly Turn[];
}

/** Turns without a time happened at 0, in their order. */
export function conversationMemory({ sessions }: Conversation, analyzer: Analyzer): ConversationMemory {
  const set = newWorkingSet(analyzer);
  const scope = { tenant: parseTenant('train'), namespace: parseNamespace('train') };
  const turns: Turn[] = [];
  for (const [number, session] of sessions.entries()) {
    for (const turn of session.turns) {
      turns.push(turn);
      const at = turn.timestamp === null ? 0 : (parseTime(turn.timestamp) ?? 0);
      set.put({
        id: `note_${String(turns.length).padStart(26, '0')}` as NoteId,
        scope,
        order: turns.length,
        kind: 'episodic',
        state: 'active',
        version: 1,
        sessionId: session.isDialogue ? `session-${number + 1}` : null,
        speaker: turn.speaker,
        role: turn.role,
        eventAt: at,
        createdAt: at,
        validAt: null,
        invalidAt: null,
        expiredAt: null,
        place: null,
        trust: 2,
        importance: 0.5,
        stability: 2.3,
        lastUsedAt: at,
        isPinned: false,
        expiresAt: null,
        accesses: null,
        keys: analyzer.keys({ text: turn.text, context: null, place: null, eventAt: at }),
      });
    }
  }
  set.seal();
  return { set, turns };
}
