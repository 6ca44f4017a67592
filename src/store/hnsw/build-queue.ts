import { type ChildProcess, fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { limits } from '../../memory/limits.ts';
import { type BuildJob, type BuildOutcome, buildChildPath } from './build-job.ts';

/** Builds in a child process, one at a time, in the order asked, at the lowest priority. */
export interface BuildQueue {
  /**
   * Resolves when the index is on disk.
   * @throws Error when it failed, was cancelled, crashed, took too long, or too many wait already.
   */
  build(job: BuildJob): Promise<void>;
  /** Ends the build of this scope and embedder, waiting or under way; resolves when its process is gone. */
  cancel(job: Pick<BuildJob, 'tenant' | 'namespace' | 'embedder'>): Promise<void>;
  close(): Promise<void>;
}

export function newBuildQueue(): BuildQueue {
  const waiting: Build[] = [];
  let running: RunningBuild | null = null;
  let isClosed = false;

  return {
    build(job) {
      if (isClosed) return Promise.reject(new Error('It is closed.'));
      if (waiting.length >= limits.vectorBuildsQueued) return Promise.reject(new Error('Too many builds wait.'));
      return new Promise((resolve, reject) => {
        waiting.push({ job, resolve, reject });
        next();
      });
    },
    async cancel(job) {
      for (const build of waiting.filter((each) => isSame(each.job, job))) {
        waiting.splice(waiting.indexOf(build), 1);
        build.reject(new Error('It was cancelled.'));
      }
      if (running !== null && isSame(running.job, job)) await running.end('It was cancelled.');
    },
    async close() {
      isClosed = true;
      for (const build of waiting.splice(0)) build.reject(new Error('It is closed.'));
      await running?.end('It is closed.');
    },
  };

  function next(): void {
    if (running !== null) return;
    const build = waiting.shift();
    if (build === undefined) return;
    const started = run(build.job);
    running = started;
    started.outcome.then(build.resolve, build.reject).finally(() => {
      running = null;
      next();
    });
  }
}

interface Build {
  readonly job: BuildJob;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

interface RunningBuild {
  readonly job: BuildJob;
  readonly outcome: Promise<void>;
  /** Kills the child; resolves when it is gone. */
  end(reason: string): Promise<void>;
}

function run(job: BuildJob): RunningBuild {
  // No flags of this process: a debugger's port, for one, can be had only once.
  const child = fork(buildChildPath(), [], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let answer: BuildOutcome | null = null;
  let lastWords = '';
  let endReason: string | null = null;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-lastWordsCharacters);
  });
  child.once('message', (message: BuildOutcome) => {
    answer = message;
  });
  const timer = setTimeout(() => end(`It took more than ${limits.vectorBuildMs} ms.`), limits.vectorBuildMs);

  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}: ${lastWords.trim()}`));
  });
  const outcome = gone.then((how) => {
    clearTimeout(timer);
    if (endReason !== null) throw new Error(endReason);
    if (answer === null) throw new Error(`The building process ${how}`);
    if (answer.kind === 'failed') throw new Error(answer.reason);
  });
  lower(child);
  // A child that cannot be told its job has ended or never began; `gone` says which.
  child.send(job, () => undefined);
  return { job, outcome, end };

  async function end(reason: string): Promise<void> {
    endReason ??= reason;
    child.kill('SIGKILL');
    await gone;
  }
}

const lastWordsCharacters = 2_000;

/** Searches and writes come first. */
function lower(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already, or the system does not allow it; the build is only less polite.
  }
}

function isSame(
  left: Pick<BuildJob, 'tenant' | 'namespace' | 'embedder'>,
  right: Pick<BuildJob, 'tenant' | 'namespace' | 'embedder'>,
): boolean {
  return left.tenant === right.tenant && left.namespace === right.namespace && left.embedder === right.embedder;
}
