import { describe, expect, test } from 'vitest';
import { passes } from '../../src/memory/job.ts';
import type { Operation } from '../../src/memory/knowledge.ts';
import { failureOf } from './failure.ts';
import type { ServiceAtHand } from './service-facts.ts';

/** What every `MemoryService` does with background work while nobody carries it out. */
export function operationsContract({ memory, stranger, newNamespace }: ServiceAtHand): void {
  describe('operations', () => {
    test('a consolidation is queued, listed, cancelled and tried again', async () => {
      const namespace = newNamespace();
      const queued = await memory().consolidate({ namespace, passes: ['claims', 'notes', 'notes'], dryRun: true });
      expect(queued).toMatchObject({
        id: expect.stringMatching(/^job_/),
        kind: 'consolidation',
        namespace,
        passes: ['notes', 'claims'],
        dryRun: true,
        state: 'queued',
        attempts: 0,
        nextTryAt: null,
        error: null,
        result: null,
      });
      expect(await memory().operation(queued.id)).toEqual(queued);
      expect(await memory().operations({ states: ['queued'] })).toContainEqual(queued);
      expect(await memory().cancelOperation(queued.id)).toMatchObject({ id: queued.id, state: 'cancelled' });
      expect((await memory().operations({ states: ['queued', 'running'] })).map(({ id }) => id)).not.toContain(
        queued.id,
      );
      expect((await failureOf(memory().cancelOperation(queued.id))).code).toBe('conflict');
      expect(await memory().retryOperation(queued.id)).toMatchObject({ id: queued.id, state: 'queued', attempts: 0 });
      await memory().cancelOperation(queued.id);
    });

    test('one that waits already is given back to whoever asks for the same', async () => {
      const namespace = newNamespace();
      const first = await memory().consolidate({ namespace });
      expect(first.passes).toEqual(passes);
      expect((await memory().consolidate({ namespace })).id).toBe(first.id);
      const dry = await memory().consolidate({ namespace, dryRun: true });
      expect(dry.id).not.toBe(first.id);
      await Promise.all([first, dry].map(({ id }) => memory().cancelOperation(id)));
    });

    test('who waits is told of what happens, until it is settled', async () => {
      const namespace = newNamespace();
      const seen: Operation[] = [];
      const settled = await memory().consolidate(
        { namespace },
        {
          wait: true,
          onProgress(operation) {
            seen.push(operation);
            if (operation.state === 'queued') void memory().cancelOperation(operation.id);
          },
        },
      );
      expect(settled.state).toBe('cancelled');
      expect(seen.map(({ state }) => state)).toEqual(['queued', 'cancelled']);
    });

    test('who stops waiting is told why, and the operation goes on', async () => {
      const namespace = newNamespace();
      const waiting = new AbortController();
      let id = '';
      const attempt = memory().consolidate(
        { namespace },
        {
          wait: true,
          signal: waiting.signal,
          onProgress(operation) {
            id = operation.id;
            waiting.abort(new Error('I have to leave.'));
          },
        },
      );
      await expect(attempt).rejects.toThrow('I have to leave.');
      expect((await memory().operation(id)).state).toBe('queued');
      await memory().cancelOperation(id);
    });

    test("another tenant's operation is like one that never was", async () => {
      const { id } = await memory().consolidate({ namespace: newNamespace() });
      for (const attempt of [
        (asked: string) => stranger().operation(asked),
        (asked: string) => stranger().retryOperation(asked),
        (asked: string) => stranger().cancelOperation(asked),
        (asked: string) => stranger().run(asked),
        (asked: string) => stranger().revertRun(asked),
      ]) {
        const nobodys = `job_${'0'.repeat(26)}`;
        const [theirs, none] = await Promise.all([failureOf(attempt(id)), failureOf(attempt(nobodys))]);
        expect(theirs).toEqual(none);
        expect(theirs.code).toBe('not_found');
      }
      expect(await stranger().operations()).toEqual([]);
      await memory().cancelOperation(id);
    });

    test('what is asked for is checked', async () => {
      const namespace = newNamespace();
      const pointerOf = async (attempt: Promise<unknown>) => (await failureOf(attempt)).faults[0]?.pointer;
      expect(await pointerOf(memory().consolidate({ namespace, passes: [] }))).toBe('/passes');
      expect(await pointerOf(memory().consolidate({ namespace: `${namespace}/**` }))).toBe('/namespace');
      expect(await pointerOf(memory().operations({ limit: 0 }))).toBe('/limit');
      expect(await pointerOf(memory().runs({ namespace, limit: 10_000 }))).toBe('/limit');
      expect(await memory().runs({ namespace })).toEqual([]);
    });
  });
}
