import { describe } from 'vitest';
import type { StoreUnderTest } from './open-store.ts';
import { changeContract } from './store-changes.ts';
import { claimContract } from './store-claims.ts';
import { derivedContract } from './store-derived.ts';
import { erasureContract } from './store-erasure.ts';
import { feedContract } from './store-feed.ts';
import { isolationContract } from './store-isolation.ts';
import { jobContract } from './store-jobs.ts';
import { keyContract } from './store-keys.ts';
import { lifeContract } from './store-life.ts';
import { lifecycleContract } from './store-lifecycle.ts';
import { listContract } from './store-list.ts';
import { readContract } from './store-reads.ts';
import { receiptContract } from './store-receipts.ts';
import { runContract } from './store-runs.ts';
import { vectorContract } from './store-vectors.ts';
import { webhookContract } from './store-webhooks.ts';

/**
 * What every back-end must do: each sentence of `memory/store.ts` and `memory/change.ts` as a test. Where those
 * leave something open (the order of `matching`, whether `link-set` names a note in the feed) nothing is asserted.
 */
export function storeContract(subject: StoreUnderTest): void {
  describe(`${subject.name} store`, () => {
    changeContract(subject);
    receiptContract(subject);
    readContract(subject);
    listContract(subject);
    feedContract(subject);
    erasureContract(subject);
    isolationContract(subject);
    vectorContract(subject);
    derivedContract(subject);
    claimContract(subject);
    jobContract(subject);
    runContract(subject);
    lifecycleContract(subject);
    lifeContract(subject);
    keyContract(subject);
    webhookContract(subject);
  });
}
