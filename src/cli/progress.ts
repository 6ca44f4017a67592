import type { CommandWorld } from './world.ts';

/** How far a long job is, on standard error. */
export interface Progress {
  at(done: number, total: number): void;
  /** Leaves the line. */
  end(): void;
}

const barCharacters = 24;

/** One line that changes on a terminal; elsewhere a line for every tenth of the way: a log is no screen. */
export function newProgress(label: string, world: CommandWorld): Progress {
  return world.terminal?.isError === true ? bar(label, world) : lines(label, world);
}

function bar(label: string, world: CommandWorld): Progress {
  let isShown = false;
  return {
    at(done, total) {
      const full = total === 0 ? 0 : Math.round((Math.min(done, total) / total) * barCharacters);
      // To the first column, and away with what stood there.
      world.writeError(`\r\u001b[K${label} [${'='.repeat(full).padEnd(barCharacters)}] ${done} of ${total}`);
      isShown = true;
    },
    end() {
      if (isShown) world.writeError('\n');
      isShown = false;
    },
  };
}

function lines(label: string, world: CommandWorld): Progress {
  let said = 0;
  return {
    at(done, total) {
      const tenths = total === 0 ? 0 : Math.floor((done * 10) / total);
      if (tenths > said) world.writeError(`${label}: ${done} of ${total}\n`);
      said = Math.max(said, tenths);
    },
    end() {},
  };
}
