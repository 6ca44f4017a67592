import { describe, expect, test } from 'vitest';
import { makeNote, makeScope, may8, noteAdded } from '../test/builders.ts';
import { EcphoryError } from './memory/errors.ts';
import { limits } from './memory/limits.ts';
import { openInMemoryStore } from './store/in-memory.ts';
import { callsOver, type FromWorker, type MainSide, type ToWorker } from './worker-messages.ts';
import { startConsolidationThread, type Thread } from './worker-thread.ts';

const settings = { databasePath: 'memory.db', model: { kind: 'off' as const }, embedder: null, sleep: null };
const scope = makeScope();

describe('the thread that consolidates', () => {
  test('writes through the main thread, and is told with its code what went wrong', async () => {
    const bench = openBench();
    const note = makeNote({ scope });

    const applied = await bench.calls.apply(scope, [noteAdded(note)]);
    const again: unknown = await bench.calls.apply(scope, [noteAdded(note)]).catch((error: unknown) => error);

    expect(applied.sequence).toBe(1);
    expect(again).toBeInstanceOf(EcphoryError);
    expect(again).toMatchObject({ code: 'conflict' });
    expect(await bench.calls.jobs.counts()).toMatchObject({ queued: 0 });
    await bench.close();
  });

  test('is told how long an embedder asks to be left alone', async () => {
    const bench = openBench();
    const error = await bench.calls.embed(['a'], 'passage', 1_000).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'rate_limited', retryAfterMs: 9_000 });
    await bench.close();
  });

  test('may call nothing else of the main thread', async () => {
    const bench = openBench();
    bench.threads[0]?.say({ kind: 'call', id: 77, method: 'keys.list', args: [] });
    bench.threads[0]?.say({ kind: 'call', id: 78, method: 'constructor', args: [] });
    await turn();
    expect(bench.threads[0]?.heard.filter(({ kind }) => kind === 'failure')).toMatchObject([{ id: 77 }, { id: 78 }]);
    await bench.close();
  });

  test('is woken once for many writes', async () => {
    const bench = openBench();
    for (let write = 0; write < 1_000; write += 1) bench.thread.wake();
    bench.pass(1_000);
    expect(bench.threads[0]?.heard).toEqual([{ kind: 'wake' }]);
    await bench.close();
  });

  test('is started again when it died, later each time, and those who waited for it wait for the next', async () => {
    const bench = openBench();
    const drained = bench.thread.drained();
    bench.threads[0]?.end(new Error('out of memory'));
    bench.pass(limits.workerRestartMs - 1);
    expect(bench.threads).toHaveLength(1);
    bench.pass(1);
    expect(bench.threads).toHaveLength(2);

    bench.threads[1]?.end(new Error('out of memory'));
    bench.pass(limits.workerRestartMs);
    expect(bench.threads).toHaveLength(2);
    bench.pass(limits.workerRestartMs);
    const [asked] = bench.threads[2]?.heard ?? [];
    expect(asked).toMatchObject({ kind: 'drained' });
    if (asked?.kind === 'drained') bench.threads[2]?.say(asked);

    await drained;
    expect(bench.notices).toEqual([
      'The worker thread ended; it is started again in 1000 ms.',
      'The worker thread ended; it is started again in 2000 ms.',
    ]);
    await bench.close();
  });

  test('is ended when it does not end by itself', async () => {
    const bench = openBench({ isDeaf: true });
    const closing = bench.thread.close();
    bench.pass(limits.workerDrainMs);
    await closing;
    expect(bench.threads[0]?.isTerminated).toBe(true);
    bench.pass(3_600_000);
    expect(bench.threads).toHaveLength(1);
  });
});

interface FakeThread extends Thread {
  readonly heard: ToWorker[];
  isTerminated: boolean;
  say(message: FromWorker): void;
  end(error: unknown): void;
}

/** A thread that hears and says what a test has it say. */
function newFakeThread({ isDeaf }: { readonly isDeaf: boolean }): FakeThread {
  let take: (message: FromWorker) => void = () => undefined;
  let ended: (error: unknown) => void = () => undefined;
  const thread: FakeThread = {
    heard: [],
    isTerminated: false,
    say: (message) => take(structuredClone(message)),
    end: (error) => ended(error),
    postMessage(message) {
      thread.heard.push(structuredClone(message));
      if (message.kind === 'close' && !isDeaf) ended(null);
    },
    async terminate() {
      thread.isTerminated = true;
      ended(null);
    },
    onMessage: (given) => {
      take = given;
    },
    onEnd: (given) => {
      ended = given;
    },
  };
  return thread;
}

function openBench({ isDeaf = false } = {}) {
  let now = may8;
  const store = openInMemoryStore({ clock: () => now });
  const timers = new Set<{ readonly at: number; readonly run: () => void }>();
  const threads: FakeThread[] = [];
  const notices: string[] = [];
  const main: MainSide = {
    apply: store.apply,
    embed: () => Promise.reject(new EcphoryError('rate_limited', 'Too fast.', { retryAfterMs: 9_000 })),
    jobs: store.jobs,
    runs: store.runs,
  };
  const thread = startConsolidationThread({
    settings,
    main,
    clock: () => now,
    onNotice: (message) => notices.push(message),
    schedule(run, delayMs) {
      const timer = { at: now + delayMs, run };
      timers.add(timer);
      return { cancel: () => timers.delete(timer) };
    },
    spawn() {
      const made = newFakeThread({ isDeaf });
      threads.push(made);
      return made;
    },
  });
  // What the program of the thread does with what it is told.
  const calls = callsOver({ postMessage: (message: FromWorker) => threads[0]?.say(message) });
  const answered = threads[0];
  if (answered !== undefined) {
    const { postMessage } = answered;
    answered.postMessage = (message) => {
      postMessage(message);
      calls.settle(structuredClone(message));
    };
  }
  return {
    thread,
    threads,
    notices,
    calls,
    pass(ms: number) {
      now += ms;
      for (const timer of [...timers].filter(({ at }) => at <= now)) {
        timers.delete(timer);
        timer.run();
      }
    },
    close: () => thread.close(),
  };
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
