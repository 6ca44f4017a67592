import { expect, test } from 'vitest';
import { makeKeys, makeNoteId, makeScope, may8 } from '../../test/builders.ts';
import type { WorkingRow } from '../memory/store.ts';
import { eligibleSlots, newEligibility } from './eligible.ts';
import { type MutableWorkingSet, newWorkingSet } from './working-set-updates.ts';

const dayMs = 86_400_000;

function rowOf(row: Partial<WorkingRow>): WorkingRow {
  return {
    id: makeNoteId(),
    scope: makeScope(),
    order: 1,
    kind: 'semantic',
    state: 'active',
    version: 1,
    sessionId: null,
    speaker: null,
    role: null,
    eventAt: may8,
    createdAt: may8,
    validAt: null,
    invalidAt: null,
    expiredAt: null,
    place: null,
    trust: 2,
    importance: 0.5,
    stability: 2,
    lastUsedAt: may8,
    isPinned: false,
    expiresAt: null,
    accesses: null,
    keys: makeKeys('a grey cat'),
    ...row,
  };
}

function setOf(row: WorkingRow): MutableWorkingSet {
  const set = newWorkingSet({ id: 'test-v1', words: (text) => text.split(' ') });
  set.put(row);
  set.seal();
  return set;
}

function eligible(row: Partial<WorkingRow>, asOf: number | null, includeArchived = false): boolean {
  const set = setOf(rowOf(row));
  return eligibleSlots({ set, asOf, now: may8 + 10 * dayMs, includeArchived, passing: null })[0] === 1;
}

test('what was not yet held at a time is not returned as of it', () => {
  expect(eligible({}, may8 - 1)).toBe(false);
  expect(eligible({}, may8)).toBe(true);
});

test('what was superseded is returned as of a time before and not after', () => {
  const superseded = { invalidAt: may8 + 2 * dayMs, expiredAt: may8 + 2 * dayMs };
  expect(eligible(superseded, may8 + dayMs)).toBe(true);
  expect(eligible(superseded, may8 + 2 * dayMs)).toBe(false);
  expect(eligible(superseded, null)).toBe(false);
});

test('what is true from a later day on is not true now', () => {
  expect(eligible({ validAt: may8 + 20 * dayMs }, null)).toBe(false);
  expect(eligible({ validAt: may8 + 20 * dayMs }, may8 + 21 * dayMs)).toBe(true);
});

test('archived notes are returned only when asked for, quarantined ones never', () => {
  expect(eligible({ state: 'archived' }, null)).toBe(false);
  expect(eligible({ state: 'archived' }, null, true)).toBe(true);
  expect(eligible({ state: 'quarantined' }, null, true)).toBe(false);
});

test('what was kept is worked out anew once the set changes or a time comes', () => {
  const eligibility = newEligibility();
  const row = rowOf({ invalidAt: may8 + 2 * dayMs });
  const set = setOf(row);
  const at = (now: number) => eligibility({ set, asOf: null, now, includeArchived: false, passing: null })[0];
  expect([at(may8), at(may8 + dayMs), at(may8 + 2 * dayMs), at(may8)]).toEqual([1, 1, 0, 1]);
  set.put({ ...row, state: 'archived' });
  expect(at(may8)).toBe(0);
});
