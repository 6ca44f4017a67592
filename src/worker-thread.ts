import { Worker } from 'node:worker_threads';
import { afterDelay, type Schedule } from './consolidation/schedule.ts';
import type { Consolidation } from './consolidation/worker.ts';
import { EcphoryError } from './memory/errors.ts';
import type { Clock } from './memory/ids.ts';
import { limits } from './memory/limits.ts';
import {
  answerTo,
  type FromWorker,
  type MainSide,
  type ToWorker,
  thrown,
  type WorkerSettings,
} from './worker-messages.ts';

/** Consolidation in a thread of its own, so that planning never holds up a request. */
export interface ConsolidationThread extends Consolidation {
  /** Ends it after its present steps, or when it takes too long. Idempotent. */
  close(): Promise<void>;
}

export interface ConsolidationThreadParts {
  readonly settings: WorkerSettings;
  readonly main: MainSide;
  readonly clock: Clock;
  readonly onNotice: (message: string, cause: unknown) => void;
  /** In place of setTimeout and of a real thread, for tests. */
  readonly schedule?: Schedule;
  readonly spawn?: (settings: WorkerSettings) => Thread;
}

/** What is used of a `Worker`. */
export interface Thread {
  postMessage(message: ToWorker): void;
  terminate(): Promise<unknown>;
  onMessage(take: (message: FromWorker) => void): void;
  /** Called once, with why it ended when that was an error. */
  onEnd(take: (error: unknown) => void): void;
}

/** A thread that dies is started again, later each time; it finds in the store what it was at. */
export function startConsolidationThread(parts: ConsolidationThreadParts): ConsolidationThread {
  const { settings, main, clock, onNotice, schedule = afterDelay, spawn = spawnWorker } = parts;
  const waiters = new Map<number, { resolve(): void; reject(error: unknown): void }>();
  let lastId = 0;
  let thread: Thread | null = null;
  let restart: { cancel(): void } | null = null;
  let isWakeComing = false;
  let failures = 0;
  let ended: Promise<void> = Promise.resolve();
  let closing: Promise<void> | null = null;
  start();

  return {
    wake() {
      if (isWakeComing || closing !== null) return;
      isWakeComing = true;
      // A thousand writes a second are one message.
      schedule(() => {
        isWakeComing = false;
        thread?.postMessage({ kind: 'wake' });
      }, wakeDelayMs);
    },
    drained() {
      if (closing !== null) return Promise.reject(closedError());
      lastId += 1;
      const id = lastId;
      thread?.postMessage({ kind: 'drained', id });
      return new Promise((resolve, reject) => waiters.set(id, { resolve, reject }));
    },
    close() {
      closing ??= close();
      return closing;
    },
  };

  function start(): void {
    restart = null;
    const startedAt = clock();
    const started = spawn(settings);
    thread = started;
    started.onMessage((message) => take(message, started));
    ended = new Promise((resolve) => {
      started.onEnd((error) => {
        thread = null;
        resolve();
        if (closing === null) startLater(error, clock() - startedAt);
      });
    });
    // Those who wait for an earlier thread wait for this one.
    for (const id of waiters.keys()) started.postMessage({ kind: 'drained', id });
  }

  function startLater(error: unknown, livedMs: number): void {
    if (livedMs >= limits.workerRestartMaxMs) failures = 0;
    const inMs = Math.min(limits.workerRestartMs * 2 ** failures, limits.workerRestartMaxMs);
    failures += 1;
    onNotice(`The worker thread ended; it is started again in ${inMs} ms.`, error);
    restart = schedule(start, inMs);
  }

  function take(message: FromWorker, from: Thread): void {
    switch (message.kind) {
      case 'call':
        void answerTo(message, main).then((answer) => from.postMessage(answer));
        return;
      case 'drained':
        waiters.get(message.id)?.resolve();
        waiters.delete(message.id);
        return;
      case 'notice':
        onNotice(message.message, thrown(message.cause));
    }
  }

  async function close(): Promise<void> {
    restart?.cancel();
    for (const { reject } of waiters.values()) reject(closedError());
    waiters.clear();
    const last = thread;
    if (last === null) return;
    last.postMessage({ kind: 'close' });
    const tooLong = schedule(() => void last.terminate(), limits.workerDrainMs);
    await ended;
    tooLong.cancel();
  }
}

const wakeDelayMs = 25;

function closedError(): EcphoryError {
  return new EcphoryError('unavailable', 'The worker is closed.');
}

function spawnWorker(settings: WorkerSettings): Thread {
  const worker = new Worker(threadProgram(), {
    workerData: settings,
    // No flags of this process, and a heap of its own: what is too much for the thread must not end the server.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: limits.workerHeapMegabytes },
  });
  let lastError: unknown = null;
  worker.on('error', (error) => {
    lastError = error;
  });
  return {
    postMessage: (message) => worker.postMessage(message),
    terminate: () => worker.terminate(),
    onMessage: (take) => void worker.on('message', take),
    onEnd: (take) => void worker.once('exit', (code) => take(lastError ?? new Error(`It ended with code ${code}.`))),
  };
}

/** Beside this file when compiled; when this file runs as TypeScript (under a test runner), the compiled one in `dist`. */
function threadProgram(): URL {
  return new URL(import.meta.url.endsWith('.js') ? './worker.js' : '../dist/src/worker.js', import.meta.url);
}
