import { ConfigError } from '../config.ts';
import { Interrupted } from './exit-code.ts';
import type { CommandWorld } from './world.ts';

/**
 * Asks before what cannot be taken back.
 *
 * @throws ConfigError when there is nobody to ask; Interrupted for any answer but yes
 */
export async function confirmed(
  question: string,
  flags: { readonly yes?: boolean },
  world: CommandWorld,
): Promise<void> {
  if (flags.yes === true) return;
  if (world.terminal?.isInput !== true || world.input === undefined) {
    throw new ConfigError(`${question} Say so with --yes; there is nobody to ask.`);
  }
  world.writeError(`${question} [y/N] `);
  const answer = await Promise.race([firstLine(world.input), world.stopRequested.then(() => '')]);
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new Interrupted('Not confirmed: nothing was done.');
}

async function firstLine(input: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of input) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes('\n') || text.length > 1_000) break;
  }
  return text.split('\n')[0] ?? '';
}
