import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Embedder } from '../memory/embedder.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { computeEach } from './compute-each.ts';
import { fingerprint } from './fingerprint.ts';
import { hashedVector } from './hashed-embedder.ts';
import { openSafetensors, type SafetensorsFile, type Tensor } from './safetensors.ts';
import { type Tokenizer, wordpieceTokenizer } from './wordpiece-tokenizer.ts';

/**
 * Opens a folder in the format of Model2Vec (https://github.com/MinishLab/model2vec) or of a sentence-transformers
 * StaticEmbedding: `model.safetensors` and `tokenizer.json`, here or under `0_StaticEmbedding`. A text's vector is
 * the mean over its known tokens of
 *
 *   embeddings[mapping[token]] · weights[token]
 *
 * with mapping and weights only where the file has them. `config.json` only says whether to scale to unit
 * length, and the guard always does. A text without any known token, such as an emoji, gets its hashed vector:
 * equal texts stay equal, and it is about at right angles to all others.
 *
 * @throws EcphoryError `invalid` saying what in the folder cannot be read.
 */
export async function openStaticEmbedder(settings: { readonly folder: string }): Promise<Embedder> {
  const folder = await modelFolder(settings.folder);
  const paths = [join(folder, 'model.safetensors'), join(folder, 'tokenizer.json')] as const;
  const table = await readTable(paths[0]);
  const tokenizer = await readTokenizer(paths[1]);
  if (tokenizer.size > table.tokens) {
    throw new EcphoryError(
      'invalid',
      `The tokenizer in ${folder} names token ${tokenizer.size - 1}, but the model has only ${table.tokens}.`,
    );
  }
  const { dimensions } = table;
  return {
    id: `static-${dimensions}-${await fingerprint([], paths)}`,
    class: 'static',
    dimensions,
    batchMax: 256,
    embed: (texts, _purpose, signal) =>
      computeEach(texts, signal, (text) => {
        const ids = tokenizer.ids(text, limits.staticTokens);
        const mean = meanVector(table, ids);
        return mean.some((value) => value !== 0) ? mean : hashedVector(text, dimensions);
      }),
  };
}

/** Token vectors as they lie in the file. */
interface Table {
  readonly tokens: number;
  readonly dimensions: number;
  readonly embeddings: Tensor['values'];
  /** Per token its row, or null when a token's row is its id. */
  readonly rows: Tensor['values'] | null;
  readonly weights: Tensor['values'] | null;
}

function meanVector(table: Table, ids: readonly number[]): Float32Array {
  const { dimensions, embeddings } = table;
  const sum = new Float64Array(dimensions);
  for (const id of ids) {
    const start = (table.rows === null ? id : table.rows[id]!) * dimensions;
    const weight = table.weights === null ? 1 : table.weights[id]!;
    for (let i = 0; i < dimensions; i += 1) sum[i]! += weight * embeddings[start + i]!;
  }
  return Float32Array.from(sum, (value) => value / Math.max(1, ids.length));
}

async function modelFolder(folder: string): Promise<string> {
  for (const candidate of [folder, join(folder, '0_StaticEmbedding')]) {
    const found = await stat(join(candidate, 'model.safetensors')).catch(() => null);
    if (found?.isFile()) return candidate;
  }
  throw new EcphoryError('invalid', `There is no model.safetensors in ${folder}.`);
}

async function readTokenizer(path: string): Promise<Tokenizer> {
  const bytes = await stat(path).then(
    (found) => found.size,
    () => null,
  );
  if (bytes === null) throw new EcphoryError('invalid', `There is no ${path}.`);
  if (bytes > limits.tokenizerFileBytes) {
    throw new EcphoryError('invalid', `${path} has ${bytes} bytes; ${limits.tokenizerFileBytes} are read at most.`);
  }
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new EcphoryError('invalid', `${path} is not JSON.`, { cause });
  }
  return wordpieceTokenizer(json);
}

async function readTable(path: string): Promise<Table> {
  const file = await openSafetensors(path);
  try {
    const name = file.names.includes('embeddings') ? 'embeddings' : 'embedding.weight';
    const { shape, values } = await file.tensor(name);
    const [rows, dimensions] = shape;
    if (rows === undefined || dimensions === undefined || shape.length !== 2 || rows === 0 || dimensions === 0) {
      throw new EcphoryError('invalid', `${path}: "${name}" must be a table of vectors, it is [${shape.join(', ')}].`);
    }
    const mapping = await optionalList(file, 'mapping');
    const weights = await optionalList(file, 'weights');
    const tokens = mapping?.length ?? rows;
    if (mapping?.some((row) => !Number.isInteger(row) || row < 0 || row >= rows)) {
      throw new EcphoryError('invalid', `${path}: "mapping" points outside the ${rows} rows of "${name}".`);
    }
    if (weights !== null && weights.length < tokens) {
      throw new EcphoryError('invalid', `${path}: "weights" has ${weights.length} entries for ${tokens} tokens.`);
    }
    return { tokens, dimensions, embeddings: values, rows: mapping, weights };
  } finally {
    await file.close();
  }
}

async function optionalList(file: SafetensorsFile, name: string): Promise<Tensor['values'] | null> {
  return file.names.includes(name) ? (await file.tensor(name)).values : null;
}
