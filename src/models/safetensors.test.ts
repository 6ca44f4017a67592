import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isEcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { fromHalf, openSafetensors } from './safetensors.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecphory-safetensors-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('a safetensors file', () => {
  test.each([
    ['F32', [1, -2], Buffer.from(Float32Array.of(1, -2).buffer)],
    ['F64', [0.1, -2], Buffer.from(Float64Array.of(0.1, -2).buffer)],
    ['F16', [1, -2, 2 ** -24, 65_504], Buffer.from(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff).buffer)],
    ['BF16', [1, -2], Buffer.from(Uint16Array.of(0x3f80, 0xc000).buffer)],
    ['I8', [127, -128], Buffer.from(Int8Array.of(127, -128).buffer)],
    ['U8', [255, 0], Buffer.from(Uint8Array.of(255, 0).buffer)],
    ['I32', [2 ** 31 - 1, -7], Buffer.from(Int32Array.of(2 ** 31 - 1, -7).buffer)],
    ['U32', [2 ** 32 - 1, 7], Buffer.from(Uint32Array.of(2 ** 32 - 1, 7).buffer)],
    ['I64', [2 ** 40, -7], Buffer.from(BigInt64Array.of(2n ** 40n, -7n).buffer)],
  ])('holds %s numbers', async (dtype, values, data) => {
    const header = { x: { dtype, shape: [values.length], data_offsets: [0, data.length] } };
    const file = await openSafetensors(await written(header, data));
    const tensor = await file.tensor('x');
    await file.close();
    expect(tensor.shape).toEqual([values.length]);
    expect(Array.from(tensor.values)).toEqual(values);
  });

  test('holds several tensors, metadata, and types that are not read unless asked for', async () => {
    const header = {
      __metadata__: { format: 'pt' },
      a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
      odd: { dtype: 'F8_E4M3', shape: [1], data_offsets: [1, 2] },
      b: { dtype: 'U8', shape: [1, 2], data_offsets: [2, 4] },
    };
    const file = await openSafetensors(await written(header, Buffer.of(1, 2, 3, 4)));
    expect(file.names).toEqual(['a', 'b']);
    expect(await file.tensor('b')).toEqual({ shape: [1, 2], values: Float32Array.of(3, 4) });
    await expect(file.tensor('odd')).rejects.toMatchObject({ code: 'invalid' });
    await file.close();
  });

  test.each([
    ['an offset past the end', { dtype: 'F32', shape: [2], data_offsets: [4, 12] }, 'claims bytes 4 to 12 of 8'],
    ['offsets the wrong way round', { dtype: 'F32', shape: [0], data_offsets: [4, 0] }, 'claims bytes 4 to 0'],
    ['a huge shape', { dtype: 'F32', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 8] }, 'needs'],
    ['a shape that overflows to its size', { dtype: 'F32', shape: [2 ** 52, 2 ** 12], data_offsets: [0, 8] }, 'needs'],
    ['a negative shape', { dtype: 'F32', shape: [-2, -1], data_offsets: [0, 8] }, 'not a list of whole numbers'],
    ['a fractional offset', { dtype: 'F32', shape: [2], data_offsets: [0.5, 8.5] }, 'not two whole numbers'],
    ['three offsets', { dtype: 'F32', shape: [2], data_offsets: [0, 8, 8] }, 'not two whole numbers'],
    ['no dtype', { shape: [2], data_offsets: [0, 8] }, 'has no dtype'],
    ['a list', [], 'is not an object'],
  ])('that claims %s is refused', async (_, entry, what) => {
    await expect(openSafetensors(await written({ x: entry }, Buffer.alloc(8)))).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(what),
    });
  });

  test.each([
    ['an empty file', Buffer.alloc(0), 'too few for a header'],
    ['a header longer than the file', lengthPrefix(1_000n), 'a header of 1000 bytes in a file of 8'],
    ['a header of all the memory there is', lengthPrefix(2n ** 63n), 'a header of 9223372036854775808 bytes'],
    [
      'a header over the limit',
      Buffer.concat([
        lengthPrefix(BigInt(limits.safetensorsHeaderBytes + 1)),
        Buffer.alloc(limits.safetensorsHeaderBytes + 1),
      ]),
      'at most',
    ],
    ['a header that is not JSON', Buffer.concat([lengthPrefix(2n), Buffer.from('{x')]), 'not JSON'],
    ['a header that is a list', Buffer.concat([lengthPrefix(2n), Buffer.from('[]')]), 'not a JSON object'],
  ])('that is %s is refused', async (_, bytes, what) => {
    const path = join(folder, 'hostile.safetensors');
    await writeFile(path, bytes);
    await expect(openSafetensors(path)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining(what),
    });
  });

  test('that is missing is refused', async () => {
    await expect(openSafetensors(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'invalid' });
  });

  test('that is cut or damaged anywhere gives numbers or a clear error, never a crash', async () => {
    const path = await written({ x: { dtype: 'F16', shape: [2, 3], data_offsets: [0, 12] } }, Buffer.alloc(12, 7));
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), async (at, byte, length) => {
        const damaged = Buffer.from(whole.subarray(0, length));
        if (at < length) damaged[at] = byte;
        await writeFile(path, damaged);
        try {
          const file = await openSafetensors(path);
          for (const name of file.names) await file.tensor(name);
          await file.close();
        } catch (error) {
          expect(isEcphoryError(error) && error.code).toBe('invalid');
        }
      }),
      { numRuns: 60 },
    );
  });
});

test('halves are read as IEEE 754 says', () => {
  expect(fromHalf(0x0000)).toBe(0);
  expect(fromHalf(0x3555)).toBe(1365 / 4096);
  expect(fromHalf(0x03ff)).toBe(1023 * 2 ** -24);
  expect(fromHalf(0xfc00)).toBe(Number.NEGATIVE_INFINITY);
  expect(fromHalf(0x7e00)).toBeNaN();
});

async function written(header: object, data: Buffer): Promise<string> {
  const path = join(folder, 'model.safetensors');
  const json = Buffer.from(JSON.stringify(header));
  await writeFile(path, Buffer.concat([lengthPrefix(BigInt(json.length)), json, data]));
  return path;
}

function lengthPrefix(length: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(length);
  return bytes;
}
