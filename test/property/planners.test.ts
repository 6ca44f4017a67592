import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readScope } from '../../src/memory/scope.ts';
import { newPlannedScope, type PlannedScope } from '../planning.ts';

const speakers = ['Ann', 'Ben', 'Clara Voss'];
const things = [
  'pottery class',
  'grey cat',
  'Lisbon',
  'Project Heron',
  'marathon training',
  'guitar',
  'new job',
  '"Still Water"',
];
const verbs = [
  'I started',
  'We talked about',
  'Yesterday I lost',
  'I never liked',
  'Remember that I need',
  'Do you miss',
];

const turnArbitrary = fc.record({
  speaker: fc.constantFrom(...speakers),
  verb: fc.constantFrom(...verbs),
  things: fc.uniqueArray(fc.constantFrom(...things), { minLength: 1, maxLength: 3 }),
  session: fc.integer({ min: 1, max: 3 }),
  day: fc.integer({ min: 1, max: 28 }),
});

type Turn = typeof turnArbitrary extends fc.Arbitrary<infer Value> ? Value : never;

async function addTurns(planned: PlannedScope, turns: readonly Turn[]): Promise<void> {
  for (const { speaker, verb, things: named, session, day } of turns) {
    await planned.add({
      sessionId: `s${session}`,
      messages: [
        {
          content: `${verb} ${named.join(' and ')}.`,
          name: speaker,
          timestamp: new Date(Date.UTC(2024, 2, day)).toISOString(),
        },
      ],
    });
  }
}

/** All that passes made, as the store has it. */
async function stateOf({ store, scope }: PlannedScope): Promise<string> {
  const rows = await store.workingRows(readScope(scope), 0, 1_000);
  const ids = rows.map(({ id }) => id);
  const notes = await store.notes(scope.tenant, ids);
  return JSON.stringify({
    notes: notes.map(({ note }) => note),
    mentions: await Promise.all(ids.map((id) => store.mentions(scope.tenant, id))),
    links: await store.links(scope.tenant, ids),
    history: await Promise.all(ids.map((id) => store.history(scope.tenant, id))),
  });
}

describe('the planners', () => {
  it('come to the same state however the work is cut into batches, and when the view is read anew between them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(turnArbitrary, { minLength: 1, maxLength: 24 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        async (turns, batchNotes, restarts) => {
          const whole = newPlannedScope();
          await addTurns(whole, turns);
          await whole.consolidate(1_000);
          const cut = newPlannedScope();
          await addTurns(cut, turns);
          if (restarts) await cut.restart();
          await cut.consolidate(batchNotes);
          expect(await stateOf(cut)).toBe(await stateOf(whole));
        },
      ),
      { numRuns: 40 },
    );
  });

  it('come to the same state when the work is stopped in the middle and the view is read from the store', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(turnArbitrary, { minLength: 4, maxLength: 20 }),
        fc.integer({ min: 1, max: 10 }),
        async (turns, stopAfter) => {
          const one = newPlannedScope();
          const two = newPlannedScope();
          for (const planned of [one, two]) {
            await addTurns(planned, turns.slice(0, stopAfter));
            await planned.consolidate(3);
            if (planned === two) await planned.restart();
            await addTurns(planned, turns.slice(stopAfter));
            await planned.consolidate(5);
          }
          expect(await stateOf(two)).toBe(await stateOf(one));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('plan nothing a second time', async () => {
    const planned = newPlannedScope();
    await addTurns(planned, fc.sample(turnArbitrary, { numRuns: 30, seed: 7 }));
    expect((await planned.consolidate()).length).toBeGreaterThan(0);
    expect(await planned.consolidate()).toEqual([]);
  });

  it('never leave a link that leads nowhere, whatever is erased in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(turnArbitrary, fc.boolean()), { minLength: 2, maxLength: 24 }),
        fc.infiniteStream(fc.nat()),
        async (steps, picks) => {
          const planned = newPlannedScope();
          const { store, scope } = planned;
          for (const [turn, erases] of steps) {
            await addTurns(planned, [turn]);
            await planned.consolidate();
            if (!erases) continue;
            // The view is not told: a plan must look for itself.
            const rows = await store.workingRows(readScope(scope), 0, 1_000);
            const victim = rows[(picks.next().value ?? 0) % rows.length];
            if (victim !== undefined) await store.apply(scope, [{ kind: 'erased', noteIds: [victim.id] }]);
          }
          const ids = new Set((await store.workingRows(readScope(scope), 0, 1_000)).map(({ id }) => id));
          for (const { from, to } of await store.links(scope.tenant, [...ids])) {
            expect([ids.has(from), ids.has(to), from === to]).toEqual([true, true, false]);
          }
        },
      ),
      { numRuns: 30 },
    );
  });
});
