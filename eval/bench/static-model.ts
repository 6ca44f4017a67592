import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../statistics.ts';
import type { Language } from './text.ts';

export const dimensions = 384;

/** Words share rows, so that the model stays small beside what is measured. */
const rows = 4_096;

/**
 * Writes word vectors for a made-up language, in the format of Model2Vec: `model.safetensors` and `tokenizer.json`.
 * Words get random directions, so notes that share words are near each other, and common words get little weight
 * (Arora et al. 2017: a / (a + p)). What the vectors are worth does not matter here; what they cost does.
 */
export async function writeStaticModel(folder: string, language: Language, seed = 1): Promise<void> {
  const { words } = language;
  const tensors = {
    embeddings: { dtype: 'F32', shape: [rows, dimensions], data: bytesOf(randomDirections(seed)) },
    mapping: { dtype: 'I32', shape: [words.length], data: bytesOf(Int32Array.from(words, (_, id) => id % rows)) },
    weights: { dtype: 'F32', shape: [words.length], data: bytesOf(wordWeights(language)) },
  };
  const tokenizer = {
    normalizer: { type: 'BertNormalizer', lowercase: true },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    model: { type: 'WordPiece', unk_token: '[UNK]', vocab: Object.fromEntries(words.map((word, id) => [word, id])) },
  };
  await writeFile(join(folder, 'model.safetensors'), safetensors(tensors));
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
}

function randomDirections(seed: number): Float32Array {
  const random = seededRandom(seed);
  // A sum of uniform numbers is near enough to a normal one.
  return Float32Array.from({ length: rows * dimensions }, () => random() + random() + random() - 1.5);
}

function wordWeights({ words, cumulative }: Language): Float32Array {
  const total = cumulative[cumulative.length - 1] ?? 1;
  return Float32Array.from(words, (_, index) => 0.001 / (0.001 + 1 / ((index + 1) * total)));
}

interface Tensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Buffer;
}

/** Eight bytes of header length, a header in JSON, then the bytes of all tensors. */
function safetensors(tensors: Readonly<Record<string, Tensor>>): Buffer {
  let offset = 0;
  const header = Object.fromEntries(
    Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
      const start = offset;
      offset += data.length;
      return [name, { dtype, shape, data_offsets: [start, offset] }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...Object.values(tensors).map(({ data }) => data)]);
}

function bytesOf(values: Float32Array | Int32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
