import { afterEach, beforeEach, expect } from 'vitest';
import { type ErrorCode, isEcphoryError } from '../../src/memory/errors.ts';
import type { Clock } from '../../src/memory/ids.ts';
import type { Store, VectorSearch } from '../../src/memory/store.ts';
import { may8 } from '../builders.ts';

/** What a back-end gives to be tested. */
export interface OpenedStore {
  readonly store: Store;
  /** Closes the store and opens the same files again. Left out by a store that forgets. */
  readonly reopen?: () => Promise<Store>;
  /** Search over the vectors of `store`, where the back-end has one. */
  readonly search?: VectorSearch;
  /** Closes whatever is open and removes every file. */
  cleanup(): Promise<void>;
}

export interface StoreUnderTest {
  readonly name: string;
  /** A new, empty store that takes its time from `clock`. */
  readonly open: (options: { readonly clock: Clock }) => Promise<OpenedStore>;
}

/** The store of the running test, and the hand on its clock. */
export interface Bench {
  store: Store;
  opened: OpenedStore;
  /** Milliseconds since 1970; the store's clock shows this. */
  now: number;
}

/** A new store before every test of the enclosing `describe`, cleaned up after it. */
export function benchOf(subject: StoreUnderTest): Bench {
  const bench = { now: may8 } as Bench;
  beforeEach(async () => {
    bench.now = may8;
    bench.opened = await subject.open({ clock: () => bench.now });
    bench.store = bench.opened.store;
  });
  afterEach(async () => {
    await bench.opened.cleanup();
  });
  return bench;
}

/** That the promise rejects with an `EcphoryError` of this code, never with a driver's error. */
export async function expectFailure(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  const error: unknown = await promise.then(
    () => 'it succeeded',
    (reason: unknown) => reason,
  );
  if (!isEcphoryError(error)) expect.fail(`expected an EcphoryError "${code}", got ${String(error)}`);
  expect(error.code, error.message).toBe(code);
}
