import { wantsColour } from '../config.ts';
import { toWire } from '../sdk/wire.ts';
import { newPaint, type Paint } from './paint.ts';
import type { CommandWorld } from './world.ts';

/** Where a command says what it found: results on standard output, all else on standard error. */
export interface Screen {
  readonly paint: Paint;
  /** Characters of a line when somebody looks on; null for programs and files, for which nothing is cut. */
  readonly columns: number | null;
  /** One result: with `--json` as one line in the words of the wire. */
  one(value: object, text: () => string): void;
  /** A list: with `--json` one line for each (NDJSON); `none` goes to standard error when there is nothing. */
  each<Item extends object>(items: readonly Item[], text: (item: Item) => string, none: string): void;
  /** For people alone. */
  note(text: string): void;
}

export interface ScreenFlags {
  readonly json?: boolean;
}

export function newScreen(flags: ScreenFlags, world: CommandWorld): Screen {
  const isJson = flags.json === true;
  const isLookedAt = world.terminal?.isOutput === true;
  return {
    paint: newPaint(!isJson && (wantsColour(world.environment) ?? isLookedAt)),
    columns: isLookedAt ? (world.terminal?.columns ?? null) : null,
    one: (value, text) => world.write(isJson ? `${JSON.stringify(toWire(value))}\n` : ended(text())),
    each(items, text, none) {
      if (items.length === 0) world.writeError(`${none}\n`);
      for (const item of items) world.write(isJson ? `${JSON.stringify(toWire(item))}\n` : ended(text(item)));
    },
    note: (text) => world.writeError(`${text}\n`),
  };
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
