import { type FileHandle, open } from 'node:fs/promises';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';

/** A named array of numbers in a safetensors file; integers and halves widened, I64 as numbers. */
export interface Tensor {
  readonly shape: readonly number[];
  /** Row-major. Float64Array for F64, I32, U32 and I64, which float32 would round; Float32Array for the rest. */
  readonly values: Float32Array | Float64Array;
}

export interface SafetensorsFile {
  readonly names: readonly string[];
  /** @throws EcphoryError `invalid` when there is no such tensor or its type is not read here. */
  tensor(name: string): Promise<Tensor>;
  close(): Promise<void>;
}

/**
 * Opens a safetensors file (https://github.com/huggingface/safetensors#format): eight bytes of little-endian
 * header length, a JSON header of `{name: {dtype, shape, data_offsets}}`, then the bytes. Nothing the header
 * says is believed before it is checked against the size of the file, and only the tensors asked for are read.
 *
 * @throws EcphoryError `invalid` saying what is wrong with the file.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new EcphoryError('invalid', `Cannot open ${path}.`, { cause });
  });
  try {
    const { size } = await file.stat();
    if (size > limits.modelFileBytes)
      throw malformed(path, `${size} bytes are over the ${limits.modelFileBytes} limit`);
    const headerBytes = await headerLength(file, path, size);
    const entries = parseHeader(path, await readExactly(file, path, 8, headerBytes), size - 8 - headerBytes);
    return {
      names: [...entries.keys()],
      async tensor(name) {
        const entry = entries.get(name);
        if (entry === undefined) {
          throw malformed(path, `there is no tensor "${name}", only ${[...entries.keys()].slice(0, 8).join(', ')}`);
        }
        const bytes = await readExactly(file, path, 8 + headerBytes + entry.start, entry.bytes);
        return { shape: entry.shape, values: entry.type.read(bytes) };
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

interface Entry {
  readonly type: NumberType;
  readonly shape: readonly number[];
  /** From the end of the header. */
  readonly start: number;
  readonly bytes: number;
}

async function headerLength(file: FileHandle, path: string, size: number): Promise<number> {
  if (size < 8) throw malformed(path, `${size} bytes are too few for a header`);
  const length = (await readExactly(file, path, 0, 8)).readBigUInt64LE(0);
  if (length > BigInt(Math.min(size - 8, limits.safetensorsHeaderBytes))) {
    throw malformed(
      path,
      `a header of ${length} bytes in a file of ${size} (at most ${limits.safetensorsHeaderBytes} are read)`,
    );
  }
  return Number(length);
}

async function readExactly(file: FileHandle, path: string, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  let done = 0;
  while (done < bytes) {
    const { bytesRead } = await file.read(buffer, done, bytes - done, position + done);
    if (bytesRead === 0) throw malformed(path, `it ends at byte ${position + done}, ${bytes - done} too early`);
    done += bytesRead;
  }
  return buffer;
}

function parseHeader(path: string, header: Buffer, dataBytes: number): ReadonlyMap<string, Entry> {
  let json: unknown;
  try {
    json = JSON.parse(header.toString('utf8'));
  } catch (cause) {
    throw malformed(path, 'its header is not JSON', cause);
  }
  if (!isRecord(json)) throw malformed(path, 'its header is not a JSON object');
  const entries = new Map<string, Entry>();
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') continue;
    const entry = parseEntry(value, dataBytes);
    if (typeof entry === 'string') throw malformed(path, `tensor "${name.slice(0, 64)}" ${entry}`);
    if (entry !== null) entries.set(name, entry);
  }
  return entries;
}

/** What is wrong with it, or null for a type that is not read here: a file may hold others beside ours. */
function parseEntry(value: unknown, dataBytes: number): Entry | string | null {
  if (!isRecord(value)) return 'is not an object';
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string') return 'has no dtype';
  if (!isCounts(shape)) return 'has a shape that is not a list of whole numbers';
  if (!isCounts(offsets) || offsets.length !== 2) return 'has data_offsets that are not two whole numbers';
  const [start, end] = [offsets[0]!, offsets[1]!];
  if (start > end || end > dataBytes) return `claims bytes ${start} to ${end} of ${dataBytes}`;
  const type = numberTypes.get(dtype);
  if (type === undefined) return null;
  const expected = shape.reduce((product, length) => product * length, type.bytes);
  if (expected !== end - start) return `of ${dtype} [${shape.join(', ')}] needs ${expected} bytes, has ${end - start}`;
  return { type, shape, start, bytes: end - start };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length <= 8 && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

interface NumberType {
  readonly bytes: number;
  read(data: Buffer): Float32Array | Float64Array;
}

const numberTypes: ReadonlyMap<string, NumberType> = new Map([
  ['F64', { bytes: 8, read: (data) => wide(data, 8, (at) => data.readDoubleLE(at)) }],
  ['F32', { bytes: 4, read: (data) => narrow(data, 4, (at) => data.readFloatLE(at)) }],
  ['F16', { bytes: 2, read: (data) => narrow(data, 2, (at) => fromHalf(data.readUInt16LE(at))) }],
  ['BF16', { bytes: 2, read: (data) => narrow(data, 2, (at) => fromBrainHalf(data.readUInt16LE(at))) }],
  ['I8', { bytes: 1, read: (data) => narrow(data, 1, (at) => data.readInt8(at)) }],
  ['U8', { bytes: 1, read: (data) => narrow(data, 1, (at) => data.readUInt8(at)) }],
  ['I32', { bytes: 4, read: (data) => wide(data, 4, (at) => data.readInt32LE(at)) }],
  ['U32', { bytes: 4, read: (data) => wide(data, 4, (at) => data.readUInt32LE(at)) }],
  ['I64', { bytes: 8, read: (data) => wide(data, 8, (at) => Number(data.readBigInt64LE(at))) }],
] satisfies [string, NumberType][]);

function narrow(data: Buffer, bytes: number, read: (at: number) => number): Float32Array {
  const values = new Float32Array(data.length / bytes);
  for (let i = 0; i < values.length; i += 1) values[i] = read(i * bytes);
  return values;
}

function wide(data: Buffer, bytes: number, read: (at: number) => number): Float64Array {
  const values = new Float64Array(data.length / bytes);
  for (let i = 0; i < values.length; i += 1) values[i] = read(i * bytes);
  return values;
}

/** IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The upper half of a float32. */
function fromBrainHalf(bits: number): number {
  scratch.setUint32(0, bits * 0x10000);
  return scratch.getFloat32(0);
}

const scratch = new DataView(new ArrayBuffer(4));

function malformed(path: string, what: string, cause?: unknown): EcphoryError {
  return new EcphoryError('invalid', `${path} is not a readable safetensors file: ${what}.`, { cause });
}
