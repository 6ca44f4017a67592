import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { EcphoryError } from '../memory/errors.ts';

/** What every model in ONNX needs to be found, run in this process by the optional peer `@huggingface/transformers`. */
export interface LocalModelSettings {
  /**
   * A folder with `config.json`, `tokenizer.json`, `tokenizer_config.json` and `onnx/model*.onnx`, or the name of
   * such a model on the Hugging Face hub, such as `onnx-community/all-MiniLM-L6-v2-ONNX`. What looks like a path
   * must be a folder that exists; it is never looked for on the hub.
   */
  readonly model: string;
  /** Which of the model's files to use; `fp32` (`onnx/model.onnx`) if left out. */
  readonly dtype?: LocalDtype;
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

export interface FoundModel {
  readonly dtype: LocalDtype;
  /** The absolute path of a folder, or null for a hub model. */
  readonly folder: string | null;
  /** Of a hub model. */
  readonly revision: string;
  /** What the library loads it by. */
  readonly source: string;
  readonly options: object;
}

/** @throws EcphoryError `invalid` when the folder or its files are not there. */
export async function findLocalModel(settings: LocalModelSettings): Promise<FoundModel> {
  const { model, dtype = 'fp32', revision = 'main', cacheFolder, allowDownload } = settings;
  const folder = await modelFolder(model);
  if (folder !== null) await requireModelFiles(folder, dtype);
  const options = {
    dtype,
    device: 'cpu',
    // Per call and not through the library's global `env`: another model may want a download.
    local_files_only: folder !== null || allowDownload === false,
    ...(folder === null ? { revision } : {}),
    ...(cacheFolder === undefined ? {} : { cache_dir: cacheFolder }),
  };
  return { dtype, folder, revision, source: folder ?? model, options };
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

async function requireModelFiles(folder: string, dtype: LocalDtype): Promise<void> {
  for (const path of modelPaths(folder, dtype)) {
    const found = await stat(path).catch(() => null);
    if (!found?.isFile()) throw new EcphoryError('invalid', `A local model with dtype ${dtype} needs ${path}.`);
  }
}

function modelPaths(folder: string, dtype: LocalDtype): readonly string[] {
  return [join(folder, 'onnx', `model${fileSuffixes[dtype]}.onnx`), join(folder, 'tokenizer.json')];
}

/** The files that make a model what it is. The weights of a large export lie in a second file. */
export async function hashedPaths(folder: string, dtype: LocalDtype): Promise<readonly string[]> {
  const paths = modelPaths(folder, dtype);
  const data = `${paths[0]}_data`;
  return (await stat(data).catch(() => null)) === null ? paths : [...paths, data];
}

/**
 * The library, checked to be there.
 *
 * @param needer who needs it, as the error's sentence begins: `A local embedder`.
 * @throws EcphoryError `invalid` when it is not installed (and how to).
 */
export async function importLibrary({ importTransformers = importByName }: LocalModelSettings, needer: string) {
  try {
    return await importTransformers();
  } catch (cause) {
    throw new EcphoryError(
      'invalid',
      `${needer} needs the optional package @huggingface/transformers: ` +
        'npm install @huggingface/transformers@4 --ignore-scripts (about 470 MB).',
      { cause },
    );
  }
}

/** A name in a variable: the library is not there when this is compiled. */
function importByName(): Promise<unknown> {
  const name: string = '@huggingface/transformers';
  return import(name);
}

/** @throws EcphoryError `unavailable` that names the model, when `load` rejects. */
export async function loading<Result>(model: string, load: () => Promise<Result>): Promise<Result> {
  try {
    return await load();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.slice(0, 200) : 'unknown reason';
    throw new EcphoryError('unavailable', `The local model ${model} could not be loaded: ${why}`, { cause });
  }
}

/** What of a tensor is there, unchecked. */
export function tensorParts(tensor: unknown): { readonly dims: unknown; readonly data: unknown } {
  return typeof tensor === 'object' && tensor !== null
    ? { dims: Reflect.get(tensor, 'dims'), data: Reflect.get(tensor, 'data') }
    : { dims: null, data: null };
}
