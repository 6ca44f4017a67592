import { createApiKey } from '../../src/api/api-key.ts';
import { parseTenant } from '../../src/memory/scope.ts';
import type { Store } from '../../src/memory/store.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { makeEntity, makeLink, makeModelRecord, makeNote, makeRun, makeScope, noteAdded } from '../builders.ts';

/** Ids that were seen, by what they are of. */
export type Ids = Readonly<Record<'memory' | 'entity' | 'operation' | 'run' | 'key' | 'webhook', string[]>>;

/** A database with a key and with what only passes make: an entity, a link, a run. */
export async function seededStore(path: string): Promise<{ readonly key: string; readonly ids: Ids }> {
  const clock = Date.now;
  const store = await openSqliteStore({ path, clock });
  const tenant = parseTenant('ours');
  const { text: key } = await createApiKey({ keys: store.keys, clock }, { tenant, name: 'fuzz', expiresAt: null });
  const ids = await withKnowledge(store);
  await store.close();
  return { key, ids };
}

async function withKnowledge(store: Store): Promise<Ids> {
  const scope = makeScope('ours', 'users/alice');
  const [one, two] = [makeNote({ scope, text: 'Ana sings.' }), makeNote({ scope, text: 'Ana lives in Lisbon.' })];
  const entity = makeEntity('Ana', { scope });
  const run = makeRun({ scope });
  await store.apply(scope, [
    noteAdded(one),
    noteAdded(two),
    { kind: 'link-set', link: makeLink(one.id, two.id, { scope }) },
    { kind: 'entities-set', noteId: one.id, mentions: [{ entity, start: 0, end: 3 }] },
  ]);
  await store.runs.begin(run);
  await store.runs.record(makeModelRecord(run, 0));
  await store.runs.finish(run.id, { state: 'done', at: run.startedAt + 1, summary: '{"note-derived":1}' });
  return { memory: [one.id, two.id], entity: [entity.id], operation: [], run: [run.id], key: [], webhook: [] };
}
