// The program of the thread in which `ecphory serve` consolidates. It reads the database over a connection of its own and sends
// what it writes to the main thread. It ends when it is told to, or when it fails: then the main thread starts another.
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { openLanguageModel } from './models/open-language-model.ts';
import { openReadOnlySqliteStore } from './store/sqlite/open-read-only.ts';
import { callsOver, type FromWorker, portable, type ToWorker, type WorkerSettings } from './worker-messages.ts';
import { newConsolidation } from './worker-passes.ts';

start(parentPort, workerData);

function start(port: MessagePort | null, settings: WorkerSettings): void {
  // Imported by something that is no thread.
  if (port === null) return;
  lower();
  void run(port, settings);
}

async function run(port: MessagePort, settings: WorkerSettings): Promise<void> {
  const calls = callsOver(port);
  const early: ToWorker[] = [];
  let take = (message: ToWorker): void => void early.push(message);
  port.on('message', (message: ToWorker) => {
    calls.settle(message);
    take(message);
  });
  const model = await openLanguageModel(settings.model);
  const store = await openReadOnlySqliteStore(settings.databasePath);
  const worker = newConsolidation({
    store: { ...store, apply: calls.apply, jobs: calls.jobs, runs: calls.runs },
    embedder: settings.embedder === null ? null : { id: settings.embedder.id, embed: calls.embed },
    model,
    tokensPerDay: settings.model.kind === 'off' ? 0 : settings.model.tokensPerDay,
    sleep: settings.sleep,
    clock: Date.now,
    onNotice: (message, cause) => post({ kind: 'notice', message, cause: portable(cause) }),
  });
  take = (message) => {
    if (message.kind === 'wake') worker.wake();
    if (message.kind === 'drained') {
      worker.drained().then(
        () => post({ kind: 'drained', id: message.id }),
        // Closed meanwhile: the main thread has told those who wait.
        () => undefined,
      );
    }
    if (message.kind === 'close') void close();
  };
  for (const message of early) take(message);

  async function close(): Promise<void> {
    await worker.close();
    await model?.close();
    await store.close();
    // Nothing is left to listen for, so the thread ends.
    port.close();
  }

  function post(message: FromWorker): void {
    port.postMessage(message);
  }
}

/** Requests come first where the machine is busy. On Linux a thread has a priority of its own, and an id in /proc. */
function lower(): void {
  try {
    const threadId = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(threadId, constants.priority.PRIORITY_LOW);
  } catch {
    // Elsewhere, or where that is not allowed, the thread is only less polite.
  }
}
