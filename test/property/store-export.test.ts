import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import type { Scope } from '../../src/memory/scope.ts';
import type { Store } from '../../src/memory/store.ts';
import { newExporting } from '../../src/service-export.ts';
import { newImporting } from '../../src/service-import.ts';
import type { StoreUnderTest } from '../contract/open-store.ts';
import { openInMemory, openSqlite } from './open-stores.ts';
import { type Action, action } from './store-commands.ts';
import { changesOf, newWorld } from './store-model.ts';

const analyzer = newAnalyzer();
const batches = fc.array(fc.array(action, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 12 });

describe.each([
  ['in-memory', openInMemory, 'SQLite', openSqlite],
  ['SQLite', openSqlite, 'in-memory', openInMemory],
])('an export of the %s store', (_, open, _target, openTarget) => {
  it('gives after its import the same bytes again, and importing it twice changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (actions) => expectRoundTrip({ open, openTarget, actions })),
      { numRuns: 40 },
    );
  }, 60_000);
});

async function expectRoundTrip({
  open,
  openTarget,
  actions,
}: {
  readonly open: StoreUnderTest['open'];
  readonly openTarget: StoreUnderTest['open'];
  readonly actions: readonly (readonly Action[])[];
}): Promise<void> {
  const world = newWorld();
  const scope = world.scopes[0]!;
  const source = await open({ clock: world.clock });
  const target = await openTarget({ clock: world.clock });
  try {
    for (const batch of actions) {
      world.nowMs += 10;
      // One by one, so that an action that is refused leaves the others.
      for (const one of batch) await applyOne(world, source.store, scope, one);
    }
    const lines = await exported(source.store, scope);
    const importing = newImporting({ store: target.store, analyzer, onImported: () => {} })(scope.tenant);
    const first = await importing.import(lines);
    expect(await exported(target.store, scope)).toEqual(lines);
    const { sequence } = await target.store.health();
    expect(await importing.import(lines)).toEqual({ ...first, memories: 0, skipped: first.memories, links: 0 });
    expect((await target.store.health()).sequence).toBe(sequence);
  } finally {
    await source.cleanup();
    await target.cleanup();
  }
}

async function applyOne(world: ReturnType<typeof newWorld>, store: Store, scope: Scope, one: Action): Promise<void> {
  const changes = await changesOf(world, store, scope, [one]);
  const applied = await store.apply(scope, changes).catch(() => null);
  if (applied === null) return;
  for (const id of applied.erased) world.erased.add(id);
  for (const change of changes) {
    if (change.kind === 'note-added') world.notes.set(change.note.id, scope);
    if (change.kind === 'link-set') world.links.set(change.link.id, scope);
  }
}

async function exported(store: Store, { tenant, namespace }: Scope): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of newExporting({ store })(tenant).export({ namespace })) lines.push(line);
  return lines;
}
