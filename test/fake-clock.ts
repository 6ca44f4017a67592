import { setImmediate } from 'node:timers/promises';
import type { GuardClock } from '../src/models/deadline.ts';

/** Time that passes only when told to, firing timers in order. */
export function newFakeClock(): GuardClock & { advance(ms: number): Promise<void> } {
  let now = 0;
  const timers = new Set<{ at: number; fire: () => void }>();
  return {
    now: () => now,
    wait: (ms, signal) =>
      new Promise((resolve) => {
        const timer = { at: now + ms, fire: done };
        timers.add(timer);
        signal.addEventListener('abort', done, { once: true });
        function done(): void {
          timers.delete(timer);
          resolve();
        }
      }),
    async advance(ms) {
      const end = now + ms;
      await setImmediate();
      for (;;) {
        const next = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        now = next.at;
        next.fire();
        await setImmediate();
      }
      now = end;
    },
  };
}
