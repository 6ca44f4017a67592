import type { Embedder } from '../memory/embedder.ts';
import { EcphoryError } from '../memory/errors.ts';
import { fingerprint } from './fingerprint.ts';
import {
  findLocalModel,
  hashedPaths,
  importLibrary,
  type LocalModelSettings,
  loading,
  tensorParts,
} from './local-model.ts';
import { type PurposePrefixes, prefixSettings, withPrefix } from './purpose-prefix.ts';

export interface LocalEmbedderSettings extends LocalModelSettings {
  /** How token vectors become one: `mean` if left out; the model's card says which. */
  readonly pooling?: 'mean' | 'cls' | 'last_token';
  readonly prefixes?: PurposePrefixes;
}

/**
 * A sentence model in ONNX, run in this process by the optional peer `@huggingface/transformers`. Embeds one text
 * while opening, to learn the dimensions and so that a broken model is found now and not at the first memory.
 *
 * @throws EcphoryError `invalid` when the library is not installed (and how to) or the model is not there;
 *   `unavailable` when it cannot be loaded.
 */
export async function openLocalEmbedder(settings: LocalEmbedderSettings): Promise<Embedder> {
  const { pooling = 'mean', prefixes } = settings;
  const { dtype, folder, revision, source, options } = await findLocalModel(settings);
  const pipeline = pipelineOf(await importLibrary(settings, 'A local embedder'));
  const extractor = await loading(settings.model, () => pipeline('feature-extraction', source, options));
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

function pipelineOf(library: unknown): Pipeline {
  const pipeline = typeof library === 'object' && library !== null ? Reflect.get(library, 'pipeline') : undefined;
  if (typeof pipeline !== 'function') {
    throw new EcphoryError(
      'invalid',
      'The installed @huggingface/transformers has no `pipeline`; version 4 is needed.',
    );
  }
  return pipeline as Pipeline;
}

/** A tensor of [texts, dimensions], row by row. */
function rows(tensor: unknown, count: number): readonly Float32Array[] {
  const { dims, data } = tensorParts(tensor);
  const [texts, dimensions] = Array.isArray(dims) ? dims : [];
  if (!(data instanceof Float32Array) || texts !== count || data.length !== count * dimensions) {
    throw new EcphoryError('unavailable', `The model gave no float32 [${count}, dimensions], but [${String(dims)}].`);
  }
  return Array.from({ length: count }, (_, row) => data.slice(row * dimensions, (row + 1) * dimensions));
}
