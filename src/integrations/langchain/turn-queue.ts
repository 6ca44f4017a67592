import { limits } from '../../memory/limits.ts';

/** Writes that nobody waits for, one after the other, in the order in which they came. */
export interface TurnQueue {
  /** Returns at once. A write that fails, or for which there is no room, is told to `onFailure`. */
  enqueue(write: () => Promise<void>): void;
  /** When everything that was enqueued so far is done. Before a process ends, wait for it. */
  settled(): Promise<void>;
}

export function newTurnQueue(onFailure: (error: unknown) => void): TurnQueue {
  let last: Promise<void> = Promise.resolve();
  let waiting = 0;
  return {
    enqueue(write) {
      if (waiting >= limits.agentTurnsQueued) {
        onFailure(new Error(`${waiting} turns are waiting to be remembered already; this one is given up.`));
        return;
      }
      waiting += 1;
      last = last
        .then(write)
        .catch(onFailure)
        .finally(() => {
          waiting -= 1;
        });
    },
    settled: () => last,
  };
}
