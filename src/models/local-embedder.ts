import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Embedder } from '../memory/embedder.ts';
import { EcphoryError } from '../memory/errors.ts';
import { fingerprint } from './fingerprint.ts';
import { type PurposePrefixes, prefixSettings, withPrefix } from './purpose-prefix.ts';

export interface LocalEmbedderSettings {
  /**
   * A folder with `config.json`, `tokenizer.json`, `tokenizer_config.json` and `onnx/model*.onnx`, or the name of
   * such a model on the Hugging Face hub, such as `onnx-community/all-MiniLM-L6-v2-ONNX`. What looks like a path
   * must be a folder that exists; it is never looked for on the hub.
   */
  readonly model: string;
  /** Which of the model's files to use; `fp32` (`onnx/model.onnx`) if left out. */
  readonly dtype?: LocalDtype;
  /** How token vectors become one: `mean` if left out; the model's card says which. */
  readonly pooling?: 'mean' | 'cls' | 'last_token';
  readonly prefixes?: PurposePrefixes;
  /** Whether a hub model that is not in the cache is downloaded; true if left out. A folder never downloads. */
  readonly allowDownload?: boolean;
  /** Where hub models are kept; the library's own cache if left out. */
  readonly cacheFolder?: string;
  /** A commit or tag of the hub model; `main` if left out, which may move. */
  readonly revision?: string;
  /** For hosts that bring their own copy of the library; by name if left out. */
  readonly importTransformers?: () => Promise<unknown>;
}

/** The file of each, as the hub's ONNX exports name them. */
const fileSuffixes = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
} as const;

export type LocalDtype = keyof typeof fileSuffixes;

/**
 * A sentence model in ONNX, run in this process by the optional peer `@huggingface/transformers`. Embeds one text
 * while opening, to learn the dimensions and so that a broken model is found now and not at the first memory.
 *
 * @throws EcphoryError `invalid` when the library is not installed (and how to) or the model is not there;
 *   `unavailable` when it cannot be loaded.
 */
export async function openLocalEmbedder(settings: LocalEmbedderSettings): Promise<Embedder> {
  const { dtype = 'fp32', pooling = 'mean', prefixes } = settings;
  const folder = await modelFolder(settings.model);
  if (folder !== null) await requireModelFile(folder, dtype);
  const pipeline = await importPipeline(settings.importTransformers ?? importByName);
  const revision = settings.revision ?? 'main';
  const extractor = await loading(settings.model, () =>
    pipeline('feature-extraction', folder ?? settings.model, {
      dtype,
      device: 'cpu',
      // Per call and not through the library's global `env`: another embedder may want a download.
      local_files_only: folder !== null || settings.allowDownload === false,
      ...(folder === null ? { revision } : {}),
      ...(settings.cacheFolder === undefined ? {} : { cache_dir: settings.cacheFolder }),
    }),
  );
  const embed = async (texts: readonly string[]): Promise<readonly Float32Array[]> =>
    rows(await extractor([...texts], { pooling, normalize: true }), texts.length);
  const [probe] = await loading(settings.model, () => embed(['dimensions']));
  const dimensions = probe?.length ?? 0;
  const kind = [dtype, pooling, ...prefixSettings(prefixes)];

  return {
    id:
      folder === null
        ? `local-${settings.model}@${revision}-${dimensions}-${await fingerprint(kind, [])}`
        : `local-${dimensions}-${await fingerprint(kind, await hashedPaths(folder, dtype))}`,
    class: 'sentence',
    dimensions,
    // A batch is padded to its longest text, so that large ones waste more than they win.
    batchMax: 16,
    async embed(texts, purpose, signal) {
      signal.throwIfAborted();
      return embed(withPrefix(texts, purpose, prefixes));
    },
    close: async () => {
      await extractor.dispose?.();
    },
  };
}

/** The little of the library that is used here. */
type Pipeline = (task: 'feature-extraction', model: string, options: object) => Promise<Extractor>;

interface Extractor {
  (texts: string[], options: { pooling: string; normalize: boolean }): Promise<unknown>;
  dispose?(): Promise<unknown>;
}

/** A name in a variable: the library is not there when this is compiled. */
function importByName(): Promise<unknown> {
  const name: string = '@huggingface/transformers';
  return import(name);
}

async function importPipeline(importTransformers: () => Promise<unknown>): Promise<Pipeline> {
  let library: unknown;
  try {
    library = await importTransformers();
  } catch (cause) {
    throw new EcphoryError(
      'invalid',
      'A local embedder needs the optional package @huggingface/transformers: ' +
        'npm install @huggingface/transformers@4 --ignore-scripts (about 470 MB).',
      { cause },
    );
  }
  const pipeline = typeof library === 'object' && library !== null ? Reflect.get(library, 'pipeline') : undefined;
  if (typeof pipeline !== 'function') {
    throw new EcphoryError(
      'invalid',
      'The installed @huggingface/transformers has no `pipeline`; version 4 is needed.',
    );
  }
  return pipeline as Pipeline;
}

/** The absolute path of a folder, or null for the name of a hub model. */
async function modelFolder(model: string): Promise<string | null> {
  const found = await stat(model).catch(() => null);
  if (found?.isDirectory()) return resolve(model);
  if (!/^[\w-][\w.-]*(?:\/[\w-][\w.-]*)?$/.test(model)) {
    throw new EcphoryError('invalid', `There is no folder ${model}, and it is not the name of a hub model.`);
  }
  return null;
}

async function requireModelFile(folder: string, dtype: LocalDtype): Promise<void> {
  for (const path of modelPaths(folder, dtype)) {
    const found = await stat(path).catch(() => null);
    if (!found?.isFile()) throw new EcphoryError('invalid', `A local model with dtype ${dtype} needs ${path}.`);
  }
}

function modelPaths(folder: string, dtype: LocalDtype): readonly string[] {
  return [join(folder, 'onnx', `model${fileSuffixes[dtype]}.onnx`), join(folder, 'tokenizer.json')];
}

/** The weights of a large export lie in a second file. */
async function hashedPaths(folder: string, dtype: LocalDtype): Promise<readonly string[]> {
  const paths = modelPaths(folder, dtype);
  const data = `${paths[0]}_data`;
  return (await stat(data).catch(() => null)) === null ? paths : [...paths, data];
}

async function loading<Result>(model: string, load: () => Promise<Result>): Promise<Result> {
  try {
    return await load();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 200) : 'unknown reason';
    throw new EcphoryError('unavailable', `The local model ${model} could not be loaded: ${why}`, { cause });
  }
}

/** A tensor of [texts, dimensions], row by row. */
function rows(tensor: unknown, count: number): readonly Float32Array[] {
  const { dims, data } = typeof tensor === 'object' && tensor !== null ? shape(tensor) : { dims: null, data: null };
  const [texts, dimensions] = Array.isArray(dims) ? dims : [];
  if (!(data instanceof Float32Array) || texts !== count || data.length !== count * dimensions) {
    throw new EcphoryError('unavailable', `The model gave no float32 [${count}, dimensions], but [${String(dims)}].`);
  }
  return Array.from({ length: count }, (_, row) => data.slice(row * dimensions, (row + 1) * dimensions));
}

function shape(tensor: object): { readonly dims: unknown; readonly data: unknown } {
  return { dims: Reflect.get(tensor, 'dims'), data: Reflect.get(tensor, 'data') };
}
