import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isEcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { parseJson } from './json.ts';

const bytesOf = (text: string) => Buffer.from(text, 'utf8');

function faultOf(bytes: Uint8Array): { pointer: string | undefined; message: string } {
  try {
    parseJson(bytes);
  } catch (error) {
    if (isEcphoryError(error)) return { pointer: error.faults[0]?.pointer, message: error.message };
    throw error;
  }
  throw new Error('It should have been refused.');
}

describe('strict JSON', () => {
  test('reads what JSON.parse reads, for any JSON of distinct harmless keys', () => {
    const harmless = fc.jsonValue({ maxDepth: 6 }).filter((value) => {
      const text = JSON.stringify(value);
      return !/"(?:__proto__|constructor|prototype)":|\\u(?:0000|d[89a-f])/i.test(text);
    });
    fc.assert(
      fc.property(harmless, (value) => {
        const text = JSON.stringify(value);
        expect(parseJson(bytesOf(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each([
    ['half of a surrogate pair', '{"a":["x","\\ud800"]}', '/a/1'],
    ['U+0000', '{"a":{"b/c":"\\u0000"}}', '/a/b~1c'],
    ['a number that is infinite', '{"limit":1e999}', '/limit'],
    ['NaN', '{"limit":NaN}', ''],
    ['a key that reaches the prototype', '{"metadata":{"__proto__":{"admin":true}}}', '/metadata/__proto__'],
    ['a constructor', '{"metadata":[{"constructor":1}]}', '/metadata/0/constructor'],
    ['a prototype hidden in escapes', '{"\\u0070rototype":1}', '/prototype'],
    ['a key that is given twice', '{"a":1,"b":[0,{"c":":","d~":{"e":1},"d~":2}]}', '/b/1/d~0'],
    ['a key that is given twice in two spellings', '{"text":1,"t\\u0065xt":2}', '/text'],
    ['a cut text', '{"a":"', ''],
    ['nothing', '', ''],
    ['a byte order mark', '\ufeff{}', ''],
  ])('refuses %s and points at it', (_name, text, pointer) => {
    expect(faultOf(bytesOf(text)).pointer).toBe(pointer);
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(faultOf(Buffer.from([0x22, 0xc3, 0x28, 0x22])).message).toBe('The text is not valid UTF-8.');
  });

  test('nesting is counted outside texts only, and up to its limit', () => {
    const nested = (levels: number) => bytesOf('['.repeat(levels) + ']'.repeat(levels));
    expect(parseJson(nested(limits.jsonDepth))).toBeDefined();
    expect(faultOf(nested(limits.jsonDepth + 1)).message).toContain('deep');
    expect(parseJson(bytesOf(JSON.stringify('\\"[{['.repeat(100))))).toBe('\\"[{['.repeat(100));
  });

  test('a megabyte of brackets is refused before it is parsed', () => {
    // Parsing would have said that it is no valid JSON, after blocking the event loop.
    expect(faultOf(bytesOf('['.repeat(1_000_000))).message).toContain('deep');
  });

  test('says that the syntax is broken without quoting the text', () => {
    const { message } = faultOf(bytesOf('{"text": my secret}'));
    expect(message).toBe('The text is not valid JSON.');
  });
});
