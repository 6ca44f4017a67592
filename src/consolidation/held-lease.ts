import { isEcphoryError } from '../memory/errors.ts';
import type { Clock } from '../memory/ids.ts';
import type { Fence, JobProgress, JobStore, LeasedJob } from '../memory/job.ts';
import { limits } from '../memory/limits.ts';
import type { Schedule } from './schedule.ts';

/** A job that is ours for now. */
export interface HeldLease {
  /** For every write: one made under a lease that was lost is refused inside the commit. */
  readonly fence: Fence;
  /** Notes how far the job is; stored from time to time. @throws LeaseLostError */
  advance(progress: JobProgress): Promise<void>;
  progress(): JobProgress;
  /** Asks the store. @throws LeaseLostError when another has the job, or someone cancelled it. */
  confirm(): Promise<void>;
  /** @throws LeaseLostError when that is known already. */
  assertHeld(): void;
  /** Stops asking for more time. The lease itself ends when the job is settled or its time is up. */
  letGo(): void;
}

export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError';
}

export interface HeldLeaseParts {
  readonly jobs: Pick<JobStore, 'extend'>;
  readonly clock: Clock;
  readonly schedule: Schedule;
}

/** Asks for more time at a third of the lease, so that two beats may fail before another worker takes the job. */
export function holdLease(job: LeasedJob, { jobs, clock, schedule }: HeldLeaseParts): HeldLease {
  const fence: Fence = { jobId: job.id, token: job.token };
  let progress = job.progress;
  let storedAt = clock();
  let isLost = false;
  let isOver = false;
  let beat = nextBeat();

  return {
    fence,
    progress: () => progress,
    async advance(to) {
      assertHeld();
      progress = to;
      if (clock() - storedAt >= limits.jobProgressMs) await extend();
    },
    confirm: extend,
    assertHeld,
    letGo() {
      isOver = true;
      beat.cancel();
    },
  };

  function assertHeld(): void {
    if (isLost) throw new LeaseLostError(`Job ${job.id} is no longer ours.`);
  }

  async function extend(): Promise<void> {
    assertHeld();
    const now = clock();
    storedAt = now;
    try {
      await jobs.extend(fence, { leaseUntil: now + limits.jobLeaseMs, progress, now });
    } catch (error) {
      if (!isEcphoryError(error) || !['stale', 'not_found'].includes(error.code)) throw error;
      isLost = true;
      assertHeld();
    }
  }

  function nextBeat(): { cancel(): void } {
    return schedule(() => {
      if (isOver || isLost) return;
      // A beat that fails is made up for by the next; one that finds the lease lost has said so in `isLost`.
      extend()
        .catch(() => undefined)
        .finally(() => {
          if (!isOver && !isLost) beat = nextBeat();
        });
    }, limits.jobLeaseMs / 3);
  }
}
