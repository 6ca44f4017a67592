import { describe, expect, test } from 'vitest';
import type { GuardedEmbedder } from '../memory/embedder.ts';
import { EcphoryError } from '../memory/errors.ts';
import { fsrs } from '../memory/forgetting.ts';
import { newIdSource } from '../memory/ids.ts';
import { parseNamespace, parseTenant, type Scope } from '../memory/scope.ts';
import { openInMemoryStore } from '../store/in-memory.ts';
import { newAnalyzer } from './analyzer.ts';
import { newBackfill } from './backfill.ts';
import { remember } from './remember.ts';

const now = Date.UTC(2024, 4, 8);
const ids = newIdSource(() => now);
const scopeOf = (name: string): Scope => ({ tenant: parseTenant(name), namespace: parseNamespace('users/ana') });

/** Fails as often as it is told to, then embeds every text as its length. */
function flakyEmbedder(failures: number): GuardedEmbedder & { calls: number } {
  return {
    id: 'length-2',
    class: 'lexical',
    dimensions: 2,
    calls: 0,
    async embed(texts) {
      this.calls += 1;
      if (this.calls <= failures) throw new EcphoryError('unavailable', 'down');
      return texts.map((text) => Float32Array.of(text.length, 1));
    },
    async close() {},
  };
}

async function storeOf(count: number, tenants: readonly string[]) {
  const store = openInMemoryStore({ clock: () => now });
  for (const name of tenants) {
    for (let index = 0; index < count; index += 1) {
      const input = { namespace: 'users/ana', text: `${name} ${index}` };
      await store.apply(
        scopeOf(name),
        remember(scopeOf(name), input, { analyzer: newAnalyzer(), curve: fsrs, ids, now }).changes,
      );
    }
  }
  return store;
}

describe('the backfill of vectors', () => {
  test('gives every note of every tenant its vector', async () => {
    const store = await storeOf(70, ['acme', 'globex']);
    const embedder = flakyEmbedder(0);
    const backfill = newBackfill({ store, embedder, onFailure: () => {} });
    await backfill.drained();
    expect(await store.unembedded(embedder.id, 10)).toEqual([]);
  });

  test('tries again after a failure, each time after twice the pause', async () => {
    const store = await storeOf(1, ['acme']);
    const embedder = flakyEmbedder(3);
    const pausesMs: number[] = [];
    await new Promise<void>((resolve) => {
      const backfill = newBackfill({
        store,
        embedder,
        onFailure: (_error, retryInMs) => pausesMs.push(retryInMs),
        schedule: (run) => {
          queueMicrotask(run);
          return { cancel: () => {} };
        },
      });
      backfill.wake();
      const watch = setInterval(async () => {
        if ((await store.unembedded(embedder.id, 1)).length > 0) return;
        clearInterval(watch);
        resolve();
      }, 1);
    });
    expect(pausesMs).toEqual([1_000, 2_000, 4_000]);
  });

  test('a note that was erased meanwhile does not keep the others from their vectors', async () => {
    const store = await storeOf(3, ['acme']);
    const [victim] = await store.unembedded('length-2', 1);
    const inner = flakyEmbedder(0);
    const embedder: GuardedEmbedder = {
      ...inner,
      async embed(texts, purpose, deadlineMs) {
        const alive = await store.note(scopeOf('acme').tenant, victim!.note.id);
        if (alive !== null) await store.apply(scopeOf('acme'), [{ kind: 'erased', noteIds: [victim!.note.id] }]);
        return inner.embed(texts, purpose, deadlineMs);
      },
    };
    await newBackfill({ store, embedder, onFailure: () => {} }).drained();
    expect(await store.unembedded('length-2', 10)).toEqual([]);
  });
});
