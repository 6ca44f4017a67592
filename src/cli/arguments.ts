import { InvalidArgumentError } from 'commander';
import { ConfigError } from '../config.ts';
import type { Json, Metadata } from '../memory/episode.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import type { CommandWorld } from './world.ts';

/** @throws ConfigError when nothing comes in, or no UTF-8; EcphoryError `too_large` */
export async function textOf(words: readonly string[], world: CommandWorld): Promise<string> {
  if (words.length !== 1 || words[0] !== '-') return words.join(' ');
  const text = (await everythingFrom(world)).replace(/\r?\n$/, '');
  if (text.trim() === '') throw new ConfigError('Standard input is empty; give the text there, or in place of "-".');
  return text;
}

async function everythingFrom({ input }: CommandWorld): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of input ?? []) {
    bytes += chunk.byteLength;
    if (bytes > limits.bodyBytes) {
      throw new EcphoryError('too_large', `Standard input has more than ${limits.bodyBytes} bytes.`);
    }
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new ConfigError('Standard input is not UTF-8.');
  }
}

export function parseWhole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** @throws InvalidArgumentError unless it is an object */
export function parseObject(text: string): Metadata {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = null;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new InvalidArgumentError(`It must be a JSON object, such as '{"topic": "travel"}'.`);
  }
  return value as { readonly [key: string]: Json };
}

/** For an option that may be given more than once. */
export function collect(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** `none` takes a value away. */
export function orNone(value: string): string | null {
  return value === 'none' ? null : value;
}

/** The fields that were given: `undefined` means not said, and is left out. */
export function given<Fields extends object>(
  fields: Fields,
): { readonly [Name in keyof Fields]?: Given<Fields[Name]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [Name in keyof Fields]?: Given<Fields[Name]>;
  };
}

type Given<Value> = Exclude<Value, undefined>;
