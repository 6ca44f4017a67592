import { isUtf8 } from 'node:buffer';
import type { Json } from '../memory/episode.ts';
import { EcphoryError, type Fault } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';

/**
 * Bytes to JSON, stricter than `JSON.parse`: valid UTF-8, nesting within limits (counted before parsing,
 * because 1 MB of brackets blocks the event loop for most of a second), no key twice in one object, no keys that
 * reach a prototype, every number finite (`1e999` is not), every text well-formed Unicode without U+0000.
 *
 * @throws EcphoryError `invalid` with a JSON pointer below `root` at the first fault.
 */
export function parseJson(bytes: Uint8Array, root = ''): Json {
  const shape = measure(bytes);
  if (shape.depth > limits.jsonDepth) {
    throw invalid(root, `The JSON nests more than ${limits.jsonDepth} levels deep.`);
  }
  if (!isUtf8(bytes)) throw invalid(root, 'The text is not valid UTF-8.');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const value = parsed(text, root);
  const counter: KeyCounter = { keys: 0 };
  const fault = firstFault(value, counter);
  if (fault !== null) throw invalid(root + fault.pointer, fault.message);
  // Every colon outside a text stands behind a key: fewer keys than colons means that a key came twice.
  if (counter.keys !== shape.colons) throw invalid(root + repeatedKey(text), 'The same key is given twice.');
  return value;
}

/** `~` and `/` are written `~0` and `~1` in a JSON pointer (RFC 6901). */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** Nesting depth and number of colons, in one pass over the bytes; right for every text that then parses. */
function measure(bytes: Uint8Array): { readonly depth: number; readonly colons: number } {
  let depth = 0;
  let deepest = 0;
  let colons = 0;
  let inText = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index]!;
    if (inText) {
      if (byte === quote) inText = false;
      else if (byte === backslash) index += 1;
    } else if (byte === quote) inText = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
    else if (byte === colon) colons += 1;
  }
  return { depth: deepest, colons };
}

function parsed(text: string, root: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // The engine's own message quotes the text.
    throw invalid(root, 'The text is not valid JSON.');
  }
}

interface KeyCounter {
  keys: number;
}

/** The pointer is put together on the way back up, so that good input pays nothing for it. */
function firstFault(value: Json, counter: KeyCounter): Fault | null {
  if (typeof value === 'string') {
    const message = textProblem(value);
    return message === null ? null : { pointer: '', message };
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? null : { pointer: '', message: 'The number is too large to be kept.' };
  }
  if (value === null || typeof value !== 'object') return null;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const fault = firstFault(value[index], counter);
      if (fault !== null) return { pointer: `/${index}${fault.pointer}`, message: fault.message };
    }
    return null;
  }
  for (const [key, field] of Object.entries(value)) {
    counter.keys += 1;
    const message = keyProblem(key);
    if (message !== null) return { pointer: pointerOf([key]), message };
    const fault = firstFault(field, counter);
    if (fault !== null) return { pointer: pointerOf([key]) + fault.pointer, message: fault.message };
  }
  return null;
}

function keyProblem(key: string): string | null {
  if (key === '__proto__' || key === 'constructor' || key === 'prototype') return `The key "${key}" is refused.`;
  return textProblem(key);
}

function textProblem(text: string): string | null {
  if (!text.isWellFormed()) return 'The text is not well-formed Unicode: it has half of a surrogate pair.';
  return text.includes('\0') ? 'The text holds U+0000.' : null;
}

/** The pointer of the first key that comes twice in one object of `text`, which is known to be valid JSON. */
function repeatedKey(text: string): string {
  const open: { readonly keys: Set<string> | null; at: string | number }[] = [];
  let lastText = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    const inner = open.at(-1);
    if (character === '"') {
      const start = index;
      for (index += 1; text[index] !== '"'; index += 1) if (text[index] === '\\') index += 1;
      lastText = text.slice(start, index + 1);
    } else if (character === '{') open.push({ keys: new Set(), at: '' });
    else if (character === '[') open.push({ keys: null, at: 0 });
    else if (character === '}' || character === ']') open.pop();
    else if (character === ',' && typeof inner?.at === 'number') inner.at += 1;
    else if (character === ':' && inner !== undefined && inner.keys !== null) {
      const key = JSON.parse(lastText) as string;
      inner.at = key;
      if (inner.keys.has(key)) return pointerOf(open.map(({ at }) => at));
      inner.keys.add(key);
    }
  }
  return '';
}

function invalid(pointer: string, message: string): EcphoryError {
  return new EcphoryError('invalid', message, { pointer });
}
