import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/memory/change.ts';
import { makeRun } from '../builders.ts';
import type { StoreUnderTest } from '../contract/open-store.ts';
import { openInMemory, openSqlite } from './open-stores.ts';
import { type Action, action } from './store-commands.ts';
import { changesOf, newWorld } from './store-model.ts';
import { everyRead } from './store-reads.ts';

/** What a run may do: anything but erasing and reverting. Vectors are no part of the law: they are made up for. */
const undoable = action.filter(({ kind }) => !['erase', 'revert', 'embed', 'advance'].includes(kind));
const batches = (of: fc.Arbitrary<Action>, maxLength: number) =>
  fc.array(fc.array(of, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength });

describe.each([
  ['in-memory', openInMemory],
  ['SQLite', openSqlite],
])('the %s store', (_, open) => {
  it('is after the reverting of a run what it was before the run, to every read', async () => {
    await fc.assert(
      fc.asyncProperty(
        batches(action, 6),
        batches(undoable, 6),
        fc.constantFrom(1, 2, 1_000),
        async (before, during, rowsMax) => {
          await expectReverted(open, { before, during, rowsMax });
        },
      ),
      { numRuns: 60 },
    );
  }, 60_000);
});

async function expectReverted(
  open: StoreUnderTest['open'],
  {
    before,
    during,
    rowsMax,
  }: {
    readonly before: readonly (readonly Action[])[];
    readonly during: readonly (readonly Action[])[];
    readonly rowsMax: number;
  },
): Promise<void> {
  const world = newWorld();
  const opened = await open({ clock: world.clock });
  const { store } = opened;
  const scope = world.scopes[0]!;
  const run = makeRun({ scope });
  try {
    for (const actions of before) await applyAll(actions, {});
    await store.runs.begin(run);
    const then = await stateOf();
    for (const actions of during) await applyAll(actions, { run: run.id });
    while ((await store.runs.run(scope.tenant, run.id))?.state !== 'reverted') {
      await store.apply(scope, [{ kind: 'run-reverted', runId: run.id, rowsMax }]);
    }
    // Notes that the run added are asked after, too: they are nowhere.
    expect(await stateOf()).toEqual(then);
  } finally {
    await opened.cleanup();
  }

  async function applyAll(actions: readonly Action[], options: { readonly run?: typeof run.id }): Promise<void> {
    world.nowMs += 10;
    // One by one, so that an action that is refused leaves the others.
    for (const one of actions) {
      const changes: readonly Change[] = await changesOf(world, store, scope, [one]);
      const isApplied = await store.apply(scope, changes, options).then(
        ({ erased }) => {
          for (const id of erased) world.erased.add(id);
          return true;
        },
        () => false,
      );
      for (const change of isApplied ? changes : []) {
        if (change.kind === 'note-added') world.notes.set(change.note.id, scope);
        if (change.kind === 'link-set') world.links.set(change.link.id, scope);
      }
    }
  }

  async function stateOf() {
    const { tenants, scopes, entities, notes: count } = await everyRead(world, store);
    const [mine] = tenants;
    return {
      // What was taken back is left alone from then on.
      scopes: scopes.map(({ feed: _, underived: __, stats: { underived: ___, ...stats }, ...reads }) => ({
        ...reads,
        stats,
      })),
      entities,
      count,
      notes: mine?.notes,
      derived: mine?.derived,
      uses: mine?.uses,
      links: mine?.links,
      histories: mine?.histories.filter((history) => history.length > 0),
      mentions: mine?.mentions.filter((mentions) => mentions.length > 0),
    };
  }
}
