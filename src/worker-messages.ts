import type { MessagePort } from 'node:worker_threads';
import type { SleepSettings } from './consolidation/sleep-schedule.ts';
import type { GuardedEmbedder } from './memory/embedder.ts';
import { EcphoryError, type ErrorCode, type Fault, isEcphoryError } from './memory/errors.ts';
import type { JobStore, RunStore } from './memory/job.ts';
import type { Store } from './memory/store.ts';
import type { LanguageModelSettings } from './models/open-language-model.ts';

/** What a worker thread is started with. Plain data: it crosses a thread. */
export interface WorkerSettings {
  readonly databasePath: string;
  readonly model: LanguageModelSettings;
  /** Null when no vectors are kept. */
  readonly embedder: Pick<GuardedEmbedder, 'id'> | null;
  /** When passes over whole scopes run by themselves; null: only when somebody asks. */
  readonly sleep: SleepSettings | null;
}

/** What the thread asks of the main thread, which alone writes and has the embedder. */
export interface MainSide {
  readonly apply: Store['apply'];
  readonly embed: GuardedEmbedder['embed'];
  readonly jobs: JobStore;
  readonly runs: RunStore;
}

export type ToWorker =
  | { readonly kind: 'wake' }
  | { readonly kind: 'drained'; readonly id: number }
  | { readonly kind: 'close' }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: PortableError };

export type FromWorker =
  | { readonly kind: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: 'drained'; readonly id: number }
  | { readonly kind: 'notice'; readonly message: string; readonly cause: PortableError };

/** An error as it crosses a thread, which keeps no class and no field of one. */
export interface PortableError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly faults: readonly Fault[];
  readonly retryAfterMs: number | null;
}

export function portable(error: unknown): PortableError {
  if (isEcphoryError(error)) {
    const { code, message, faults, retryAfterMs } = error;
    return { code, message, faults, retryAfterMs };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'internal', message, faults: [], retryAfterMs: null };
}

export function thrown({ code, message, faults, retryAfterMs }: PortableError): EcphoryError {
  return new EcphoryError(code, message, { faults, ...(retryAfterMs !== null && { retryAfterMs }) });
}

/** The main thread's side as the worker's thread calls it: every call is a message, answered by another. */
export function callsOver(port: Pick<MessagePort, 'postMessage'>): MainSide & { settle(answer: ToWorker): void } {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let lastId = 0;

  return {
    apply: remote('apply'),
    embed: remote('embed'),
    jobs: {
      enqueue: remote('jobs.enqueue'),
      lease: remote('jobs.lease'),
      extend: remote('jobs.extend'),
      settle: remote('jobs.settle'),
      job: remote('jobs.job'),
      list: remote('jobs.list'),
      retry: remote('jobs.retry'),
      cancel: remote('jobs.cancel'),
      nextAt: remote('jobs.nextAt'),
      counts: remote('jobs.counts'),
    },
    runs: {
      begin: remote('runs.begin'),
      finish: remote('runs.finish'),
      record: remote('runs.record'),
      run: remote('runs.run'),
      list: remote('runs.list'),
      records: remote('runs.records'),
      tokensSince: remote('runs.tokensSince'),
    },
    settle(answer) {
      if (answer.kind !== 'answer' && answer.kind !== 'failure') return;
      const call = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (answer.kind === 'answer') call?.resolve(answer.value);
      else call?.reject(thrown(answer.error));
    },
  };

  /** The answer comes from the method of this name, whose type it therefore has: the one place where the two meet. */
  function remote<Args extends readonly unknown[], Value>(method: string): (...args: Args) => Promise<Value> {
    return (...args) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve: (value) => resolve(value as Value), reject });
        port.postMessage({ kind: 'call', id: lastId, method, args } satisfies FromWorker);
      });
  }
}

/** Carries out a call of the thread. Only what `MainSide` names can be called. */
export async function answerTo(call: Extract<FromWorker, { kind: 'call' }>, main: MainSide): Promise<ToWorker> {
  const { id } = call;
  try {
    return { kind: 'answer', id, value: await methodNamed(call.method, main)(...call.args) };
  } catch (error) {
    return { kind: 'failure', id, error: portable(error) };
  }
}

function methodNamed(name: string, main: MainSide): (...args: readonly unknown[]) => Promise<unknown> {
  const [first = '', second] = name.split('.');
  const rooms: Readonly<Record<string, object>> = { jobs: main.jobs, runs: main.runs };
  const owner = second === undefined ? main : Object.hasOwn(rooms, first) ? rooms[first] : undefined;
  const key = second ?? first;
  const method: unknown = owner !== undefined && Object.hasOwn(owner, key) ? Reflect.get(owner, key) : undefined;
  if (typeof method !== 'function') throw new EcphoryError('internal', `There is no ${name} to call.`);
  return method as (...args: readonly unknown[]) => Promise<unknown>;
}
