import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import { remember } from '../../src/encoding/remember.ts';
import type { Change } from '../../src/memory/change.ts';
import { fsrs, reinforced } from '../../src/memory/forgetting.ts';
import { type Clock, newIdSource } from '../../src/memory/ids.ts';
import { defaultPolicy } from '../../src/memory/policy.ts';
import { parseNamespace, parseTenant, type Scope } from '../../src/memory/scope.ts';
import type { SqliteStore } from '../../src/store/sqlite/open.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import type { Progress } from '../progress.ts';
import { seededRandom } from '../statistics.ts';
import { type Language, newTextSource } from './text.ts';

export interface NightlyMemory {
  readonly namespace: string;
  readonly notes: number;
  readonly language: Language;
  readonly progress: Progress;
}

const dayMs = 86_400_000;
const perSession = 20;

/**
 * Two years of one person as the passes over single notes leave it: sessions of 20 turns, one turn in 20 said before, word for
 * word or nearly, one in ten used, one in four linked, one in five with an entity. It forgets by FSRS, with room for 80 % of it.
 */
export async function remembered(database: string, memory: NightlyMemory): Promise<void> {
  let now = 0;
  const clock: Clock = () => now;
  const store = await openSqliteStore({ path: database, clock, synchronous: 'off' });
  const scope: Scope = { tenant: parseTenant('default'), namespace: parseNamespace(memory.namespace) };
  const today = Math.floor(Date.now() / dayMs);
  memory.progress.start('Two years in one namespace', memory.notes);
  try {
    const sessions = Math.ceil(memory.notes / perSession);
    const write = newSessionWriter(scope, memory, clock);
    for (let session = 0; session < sessions; session += 1) {
      now = Math.floor(today * dayMs - 2 * 365 * dayMs * (1 - session / sessions)) - dayMs;
      await store.apply(scope, write(session));
      memory.progress.advance(perSession);
    }
    now = Date.now();
    await store.policies.set(scope, { ...defaultPolicy, isForgetting: true, capacity: Math.floor(memory.notes * 0.8) });
    await asAfterYesterday(store, scope, today);
  } finally {
    await store.close();
    memory.progress.finish();
  }
}

function newSessionWriter(scope: Scope, { language, notes }: NightlyMemory, clock: Clock) {
  const analyzer = newAnalyzer();
  const ids = newIdSource(clock);
  const source = newTextSource(language, notes);
  const random = seededRandom(7);
  const entities = Array.from({ length: 2_000 }, (_, index) => ({
    id: ids.entityId(),
    scope,
    kind: 'person' as const,
    name: `Person ${index}`,
  }));
  const said: string[] = [];

  return (session: number): readonly Change[] => {
    const now = clock();
    const changes: Change[] = [];
    const messages = Array.from({ length: perSession }, (_, turn) => {
      const { text, speaker } = source.note();
      const again = said[Math.floor(random() * said.length)];
      const isAgain = again !== undefined && random() < 0.05;
      if (said.length < 5_000) said.push(`${speaker}\n${text}`);
      const [name = speaker, content = text] = isAgain ? again.split('\n') : [];
      return {
        content: isAgain ? `Well, ${content}` : content,
        name,
        timestamp: new Date(now + turn * 60_000).toISOString(),
      };
    });
    const made = remember(
      scope,
      { namespace: scope.namespace, sessionId: `session-${session}`, messages },
      {
        analyzer,
        curve: fsrs,
        ids,
        now,
      },
    );
    for (const change of made.changes) {
      if (change.kind !== 'note-added') {
        changes.push(change);
        continue;
      }
      const { note } = change;
      const derived = { keywords: [], tags: [], context: null, importance: 0.3 + 0.4 * random(), times: [], basis: [] };
      changes.push({ ...change, note: { ...note, derived: { ...derived, by: 'rules-1' }, derivation: 1 } });
      const entity = entities[Math.floor(random() * entities.length)];
      if (entity !== undefined && random() < 0.2) {
        const mentions = [{ entity, start: 0, end: 4 }];
        changes.push({ kind: 'entities-set', noteId: note.id, mentions });
      }
      if (random() < 0.1) {
        const at = now + 30 * dayMs;
        const retention = reinforced(fsrs, note.retention, at, 'good');
        changes.push({ kind: 'note-used', noteId: note.id, retention, use: { at, grade: 'good' } });
      }
    }
    for (let turn = 4; turn < made.items.length; turn += 4) {
      const [from, to] = [made.items[turn]?.noteId, made.items[turn - 1]?.noteId];
      if (from === undefined || to === undefined) continue;
      const link = { id: ids.linkId(), scope, from, to, type: 'related' as const, weight: 0.4, reason: 'alike' };
      changes.push({ kind: 'link-set', link: { ...link, createdAt: now } });
    }
    return changes;
  };
}

/** The worker has seen everything, and the last night was yesterday's. */
async function asAfterYesterday(store: SqliteStore, scope: Scope, today: number): Promise<void> {
  const head = await store.head({ ...scope, subtree: false });
  await store.apply(scope, [
    { kind: 'cursor-advanced', name: 'consolidation', from: 0, to: head },
    { kind: 'cursor-advanced', name: 'nights', from: 0, to: today - 1 },
  ]);
}
