import { EcphoryError } from '../memory/errors.ts';

export interface GuardClock {
  /** Milliseconds, never going back. */
  now(): number;
  /** Resolves after `ms`, or as soon as the signal aborts; never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Deadline {
  readonly clock: GuardClock;
  readonly deadlineMs: number;
  /** Who is late, as the error's sentence begins: `Embedder hashed-384-v1`. */
  readonly who: string;
}

/**
 * What `work` gives, unless the deadline passes first: even work that hangs or ignores its signal cannot outlast it.
 * The signal is aborted when this settles. Work that holds the event loop is not interrupted; it ends late.
 *
 * @throws EcphoryError `timeout`; or what `work` rejects with.
 */
export async function withinDeadline<Result>(
  { clock, deadlineMs, who }: Deadline,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const abort = new AbortController();
  const working = work(abort.signal);
  const late = clock.wait(deadlineMs, abort.signal).then(() => {
    throw new EcphoryError('timeout', `${who} did not answer within ${deadlineMs} ms.`);
  });
  // Whichever loses the race may still reject later, when nobody listens.
  working.catch(() => undefined);
  late.catch(() => undefined);
  try {
    return await Promise.race([working, late]);
  } finally {
    abort.abort();
  }
}

/** Longer timers than this fire at once in Node, milliseconds. */
const timerMsMax = 2_147_483_647;

export const systemClock: GuardClock = {
  now: () => performance.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const timer = setTimeout(done, Math.min(ms, timerMsMax));
      signal.addEventListener('abort', done, { once: true });
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
    }),
};
