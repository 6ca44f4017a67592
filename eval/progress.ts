import { type Options, SingleBar } from 'cli-progress';

/** Says how far a long job is; always on stderr, so that stdout stays for results. */
export interface Progress {
  readonly start: (label: string, total: number) => void;
  readonly advance: (count?: number) => void;
  readonly finish: () => void;
}

export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly write: (text: string) => unknown;
}

/** A bar on a terminal; elsewhere a line at the start and then every few seconds. */
export function newProgress(stream: NodeJS.WriteStream): Progress {
  return stream.isTTY ? barProgress(stream) : lineProgress(stream);
}

/** How long a reader of a log may wait for a sign of life, milliseconds. */
const quietMs = 5_000;

export function lineProgress(stream: ProgressStream, clock: () => number = () => performance.now()): Progress {
  let label = '';
  let total = 0;
  let done = 0;
  let saidAt = 0;
  return {
    start(newLabel, newTotal) {
      [label, total, done, saidAt] = [newLabel, newTotal, 0, clock()];
      stream.write(`${label}: ${total}\n`);
    },
    advance(count = 1) {
      done += count;
      if (clock() - saidAt < quietMs) return;
      saidAt = clock();
      stream.write(`${label}: ${done} of ${total}\n`);
    },
    finish: () => undefined,
  };
}

function barProgress(stream: NodeJS.WriteStream): Progress {
  const options: Options = {
    stream,
    format: '{label} [{bar}] {value}/{total}, {eta_formatted} left',
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    hideCursor: true,
  };
  let bar = new SingleBar(options);
  return {
    start(label, total) {
      bar = new SingleBar(options);
      bar.start(total, 0, { label });
    },
    advance: (count = 1) => bar.increment(count),
    finish: () => bar.stop(),
  };
}
