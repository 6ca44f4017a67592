import { createReadStream, existsSync } from 'node:fs';
import { ConfigError } from '../config.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import type { MemoryService } from '../memory/service.ts';
import { Interrupted } from './exit-code.ts';
import { newScreen, type ScreenFlags } from './screen.ts';
import type { CommandWorld } from './world.ts';

export interface ImportOwnFlags extends ScreenFlags {
  readonly namespace?: string;
  readonly dryRun?: boolean;
}

/** What "ecphory export" wrote back into memory, as it was. `-` reads standard input. */
export async function importOwn(
  file: string,
  flags: ImportOwnFlags,
  memory: MemoryService,
  world: CommandWorld,
): Promise<void> {
  if (flags.dryRun === true) {
    throw new ConfigError('--dry-run is not for an export of ours: what is there already is left as it is.');
  }
  const chunks = file === '-' ? world.input : fileChunks(file);
  const within = flags.namespace === undefined ? null : [flags.namespace];
  const stopped = world.stopRequested.then(() => {
    throw new Interrupted('Stopped before the end; repeat it to go on.');
  });
  const result = await Promise.race([memory.import(linesOf(chunks ?? []), { within }), stopped]);
  const { memories, skipped, links, namespaces } = result;
  newScreen(flags, world).one(
    result,
    () =>
      `${memories} memories and ${links} links of ${namespaces.length} namespaces stored; ${skipped} were there already.`,
  );
}

function fileChunks(file: string): AsyncIterable<Uint8Array> {
  if (!existsSync(file)) throw new ConfigError(`There is no file ${file}.`);
  return createReadStream(file);
}

/** @throws EcphoryError `invalid` for a line that is no UTF-8; `too_large` for one that never ends */
async function* linesOf(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  try {
    for await (const chunk of chunks) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > limits.importFileBytes) throw new EcphoryError('too_large', 'A line of the export never ends.');
      for (const line of lines) if (line !== '') yield line;
    }
    rest += decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new EcphoryError('invalid', 'The export is not UTF-8.', { cause: error });
    throw error;
  }
  if (rest !== '') yield rest;
}
