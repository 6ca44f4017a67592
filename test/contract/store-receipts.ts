import { describe, expect, it } from 'vitest';
import { readScope } from '../../src/memory/scope.ts';
import type { Receipt } from '../../src/memory/store.ts';
import { makeNoteId, makeScope, may8, remembered } from '../builders.ts';
import { benchOf, expectFailure, type StoreUnderTest } from './open-store.ts';

const scope = makeScope();
const { tenant } = scope;

export function receiptContract(subject: StoreUnderTest): void {
  describe('a receipt', () => {
    const bench = benchOf(subject);

    it('answers a repeat with the earlier answer and applies nothing', async () => {
      const first = remembered(scope, 'one');
      const { sequence } = await bench.store.apply(scope, first.changes, { receipt: makeReceipt() });
      const repeat = remembered(scope, 'one');
      const applied = await bench.store.apply(scope, repeat.changes, { receipt: makeReceipt({ answer: '"other"' }) });
      expect(applied).toEqual({ sequence, replayed: makeReceipt(), erased: [] });
      expect(await bench.store.note(tenant, repeat.note.id)).toBeNull();
      expect(await bench.store.head(readScope(scope))).toBe(sequence);
    });

    it('answers a repeat even when its changes could no longer be applied', async () => {
      const { changes } = remembered(scope, 'one');
      await bench.store.apply(scope, changes, { receipt: makeReceipt() });
      const applied = await bench.store.apply(scope, changes, { receipt: makeReceipt() });
      expect(applied.replayed).toEqual(makeReceipt());
    });

    it('refuses the key for another request', async () => {
      await bench.store.apply(scope, remembered(scope, 'one').changes, { receipt: makeReceipt() });
      const other = remembered(scope, 'two');
      await expectFailure(
        bench.store.apply(scope, other.changes, { receipt: makeReceipt({ fingerprint: 'ffff' }) }),
        'key_reused',
      );
      expect(await bench.store.note(tenant, other.note.id)).toBeNull();
      expect(await bench.store.receipt(tenant, 'key-1')).toEqual(makeReceipt());
    });

    it('can be read until it runs out, then the key is free again', async () => {
      const receipt = makeReceipt({ expiresAt: may8 + 1_000 });
      await bench.store.apply(scope, remembered(scope, 'one').changes, { receipt });
      bench.now = may8 + 999;
      expect(await bench.store.receipt(tenant, 'key-1')).toEqual(receipt);
      bench.now = may8 + 1_001;
      expect(await bench.store.receipt(tenant, 'key-1')).toBeNull();
      const next = remembered(scope, 'two');
      const fresh = makeReceipt({ fingerprint: 'ffff', answer: '"two"', expiresAt: may8 + 9_000 });
      expect((await bench.store.apply(scope, next.changes, { receipt: fresh })).replayed).toBeNull();
      expect(await bench.store.note(tenant, next.note.id)).not.toBeNull();
      expect(await bench.store.receipt(tenant, 'key-1')).toEqual(fresh);
    });

    it('belongs to one tenant, and to all of its namespaces', async () => {
      await bench.store.apply(scope, remembered(scope, 'one').changes, { receipt: makeReceipt() });
      const rival = makeScope('rival');
      expect(await bench.store.receipt(rival.tenant, 'key-1')).toBeNull();
      const theirs = remembered(rival, 'theirs');
      const receipt = makeReceipt({ fingerprint: 'ffff', answer: '"theirs"' });
      expect((await bench.store.apply(rival, theirs.changes, { receipt })).replayed).toBeNull();
      expect(await bench.store.receipt(rival.tenant, 'key-1')).toEqual(receipt);
      expect(await bench.store.receipt(tenant, 'key-1')).toEqual(makeReceipt());
      const elsewhere = makeScope('acme', 'users/bob');
      const applied = await bench.store.apply(elsewhere, remembered(elsewhere, 'two').changes, {
        receipt: makeReceipt(),
      });
      expect(applied.replayed).toEqual(makeReceipt());
    });

    it('is not kept for a batch that failed', async () => {
      const bad = [{ kind: 'erased', noteIds: [makeNoteId()] } as const];
      await expectFailure(bench.store.apply(scope, bad, { receipt: makeReceipt() }), 'not_found');
      expect(await bench.store.receipt(tenant, 'key-1')).toBeNull();
      const { note, changes } = remembered(scope, 'one');
      await bench.store.apply(scope, changes, { receipt: makeReceipt() });
      expect(await bench.store.note(tenant, note.id)).not.toBeNull();
    });

    it('lets exactly one of many simultaneous repeats be carried out', async () => {
      const repeats = Array.from({ length: 8 }, () => remembered(scope, 'one'));
      const answers = await Promise.all(
        repeats.map(({ changes }) => bench.store.apply(scope, changes, { receipt: makeReceipt() })),
      );
      expect(answers.filter((answer) => answer.replayed === null)).toHaveLength(1);
      expect(await bench.store.workingRows(readScope(scope), 0, 100)).toHaveLength(1);
    });

    it('can go with a batch of no changes', async () => {
      await bench.store.apply(scope, [], { receipt: makeReceipt() });
      expect(await bench.store.receipt(tenant, 'key-1')).toEqual(makeReceipt());
    });
  });
}

function makeReceipt(overrides: Partial<Receipt> = {}): Receipt {
  return { key: 'key-1', fingerprint: '0123abcd', answer: '{"id":"é"}', expiresAt: may8 + 86_400_000, ...overrides };
}
