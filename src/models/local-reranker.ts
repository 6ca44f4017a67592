import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import type { Reranker } from '../memory/reranker.ts';
import { fingerprint } from './fingerprint.ts';
import {
  findLocalModel,
  hashedPaths,
  importLibrary,
  type LocalModelSettings,
  loading,
  tensorParts,
} from './local-model.ts';

export type LocalRerankerSettings = LocalModelSettings;

/**
 * A cross-encoder in ONNX (Nogueira and Cho, "Passage Re-ranking with BERT", arXiv 1901.04085), run in this process
 * by the optional peer `@huggingface/transformers`: cue and text are read as one pair, and the one logit the model
 * gives goes through the sigmoid. Scores one pair while opening, so that a broken model is found now.
 *
 * The runtime computes on the event loop: a batch is small so that other requests come in between.
 *
 * @throws EcphoryError `invalid` when the library is not installed (and how to) or the model is not there;
 *   `unavailable` when it cannot be loaded or gives more than one logit.
 */
export async function openLocalReranker(settings: LocalRerankerSettings): Promise<Reranker> {
  const { dtype, folder, revision, source, options } = await findLocalModel(settings);
  const library = await importLibrary(settings, 'A local reranker');
  const tokenizers = loaderOf<Tokenizer>(library, 'AutoTokenizer');
  const models = loaderOf<Model>(library, 'AutoModelForSequenceClassification');
  const tokenizer = await loading(settings.model, () => tokenizers.from_pretrained(source, options));
  const model = await loading(settings.model, () => models.from_pretrained(source, options));
  const score = async (query: string, texts: readonly string[]): Promise<readonly number[]> => {
    const cue = query.slice(0, limits.rerankedCueCharacters);
    const pairs = tokenizer(
      texts.map(() => cue),
      {
        text_pair: texts.map((text) => text.slice(0, limits.rerankedCharacters)),
        padding: true,
        truncation: true,
        // Some models name no length of their own, and fail past the last position they know.
        max_length: limits.rerankedTokens,
      },
    );
    return logitsOf(await model(pairs), texts.length).map(sigmoid);
  };
  await loading(settings.model, () => score('cue', ['text']));

  return {
    id:
      folder === null
        ? `local-${settings.model}@${revision}-${dtype}`
        : `local-${await fingerprint([dtype], await hashedPaths(folder, dtype))}`,
    pairsMax: 4,
    async score(query, texts, signal) {
      signal.throwIfAborted();
      return score(query, texts);
    },
    close: async () => {
      await model.dispose?.();
    },
  };
}

/** The little of the library that is used here. */
interface Loader<Loaded> {
  from_pretrained(source: string, options: object): Promise<Loaded>;
}

type Tokenizer = (texts: string[], options: PairOptions) => object;

interface PairOptions {
  readonly text_pair: string[];
  readonly padding: boolean;
  readonly truncation: boolean;
  readonly max_length: number;
}

interface Model {
  (inputs: object): Promise<unknown>;
  dispose?(): Promise<unknown>;
}

function loaderOf<Loaded>(library: unknown, name: string): Loader<Loaded> {
  const loader = typeof library === 'object' && library !== null ? Reflect.get(library, name) : undefined;
  const isLoader = typeof loader === 'function' || (typeof loader === 'object' && loader !== null);
  if (!isLoader || typeof Reflect.get(loader, 'from_pretrained') !== 'function') {
    throw new EcphoryError('invalid', `The installed @huggingface/transformers has no ${name}; version 4 is needed.`);
  }
  return loader as Loader<Loaded>;
}

/** A tensor of [pairs, 1]. A classifier with several labels does not say which of them means relevant. */
function logitsOf(output: unknown, count: number): readonly number[] {
  const logits = typeof output === 'object' && output !== null ? Reflect.get(output, 'logits') : null;
  const { dims, data } = tensorParts(logits);
  const [pairs, labels] = Array.isArray(dims) ? dims : [];
  if (!(data instanceof Float32Array) || pairs !== count || labels !== 1 || data.length !== count) {
    throw new EcphoryError(
      'unavailable',
      `A reranker gives one float32 logit a pair, [${count}, 1]; this model gave [${String(dims)}].`,
    );
  }
  return Array.from(data, (logit) => {
    if (!Number.isFinite(logit)) throw new EcphoryError('unavailable', `The model gave the logit ${logit}.`);
    return logit;
  });
}

function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
