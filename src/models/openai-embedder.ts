import type { OpenAI } from 'openai';
import type { Embedder } from '../memory/embedder.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { endpointFailure } from './endpoint-failure.ts';
import { fingerprint } from './fingerprint.ts';
import { type PurposePrefixes, prefixSettings, withPrefix } from './purpose-prefix.ts';

export interface OpenAiEmbedderSettings {
  /** Up to and with `/v1`, such as `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  /** Left out for local servers that ask for none. */
  readonly apiKey?: string;
  /** May be left out for OpenAI's own models; nothing is asked of the endpoint before it is needed. */
  readonly dimensions?: number;
  /**
   * Asks the endpoint for that many dimensions; many servers refuse the field. If left out it is sent only
   * where OpenAI's own models are to give fewer than they have.
   */
  readonly sendDimensions?: boolean;
  readonly prefixes?: PurposePrefixes;
  /** One request, milliseconds. */
  readonly timeoutMs?: number;
  /** Texts in one request. */
  readonly batchMax?: number;
  /** Longer texts are cut here, UTF-16 units: one that the model refuses would fail its whole batch. */
  readonly charactersMax?: number;
}

/**
 * Any endpoint that speaks OpenAI's `POST /embeddings`. Opening it asks nothing of the endpoint. Retrying is the
 * guard's: failures that may pass carry `retryAfterMs`.
 *
 * @throws EcphoryError `invalid` for settings that cannot work.
 */
export async function openOpenAiEmbedder(settings: OpenAiEmbedderSettings): Promise<Embedder> {
  if (!URL.canParse(settings.baseUrl) || !/^https?:$/.test(new URL(settings.baseUrl).protocol)) {
    throw new EcphoryError('invalid', 'The base URL of an embedding endpoint must be an http or https URL.');
  }
  if (settings.model === '') throw new EcphoryError('invalid', 'An embedding endpoint needs the name of a model.');
  const native = nativeDimensions.get(settings.model);
  const dimensions = settings.dimensions ?? native;
  if (dimensions === undefined) {
    throw new EcphoryError('invalid', `The dimensions of "${settings.model}" are not known here; set them.`);
  }
  const sendDimensions = settings.sendDimensions ?? (native !== undefined && dimensions !== native);
  const { model, prefixes, charactersMax = limits.embeddedCharacters, timeoutMs = limits.embedderTimeoutMs } = settings;
  const prefixed = prefixSettings(prefixes);
  const id = `openai-${model}-${dimensions}${prefixed.length === 0 ? '' : `-${await fingerprint(prefixed, [])}`}`;
  const client = await newClient(settings, dimensions);

  return {
    id,
    class: 'sentence',
    dimensions,
    batchMax: settings.batchMax ?? batchMaxDefault,
    async embed(texts, purpose, signal) {
      const body = {
        model,
        // An empty string is refused, and with it the whole batch.
        input: withPrefix(texts, purpose, prefixes).map((text) => cut(text, charactersMax) || ' '),
        encoding_format: 'float' as const,
        ...(sendDimensions ? { dimensions } : {}),
      };
      // The library's own time-out ends when the headers are there; this one covers the body too.
      const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const answer: unknown = await client.embeddings.create(body, { signal: limited }).catch((error: unknown) => {
        throw endpointFailure(id, error);
      });
      return inOrder(id, texts.length, answer);
    },
  };
}

/** 64 texts at the character limit are about 128,000 tokens; OpenAI takes 300,000 a request. */
const batchMaxDefault = 64;

const nativeDimensions: ReadonlyMap<string, number> = new Map([
  ['text-embedding-3-small', 1_536],
  ['text-embedding-3-large', 3_072],
  ['text-embedding-ada-002', 1_536],
]);

/** Imported only here, so that nobody else pays for it at start. */
async function newClient(settings: OpenAiEmbedderSettings, dimensions: number): Promise<OpenAI> {
  const { OpenAI } = await import('openai');
  const batchMax = settings.batchMax ?? batchMaxDefault;
  return new OpenAI({
    baseURL: settings.baseUrl,
    apiKey: settings.apiKey ?? 'none',
    // Without these the library would take them from the environment.
    organization: null,
    project: null,
    logLevel: 'off',
    ...(settings.apiKey === undefined ? { defaultHeaders: { authorization: null } } : {}),
    maxRetries: 0,
    fetch: boundedFetch(answerBytesMax(batchMax, dimensions)),
  });
}

/** A float takes at most 25 characters of JSON; the rest is for indices, names and white space. */
function answerBytesMax(texts: number, dimensions: number): number {
  return 65_536 + texts * (dimensions * 32 + 256);
}

/** Never between the two halves of a character. */
function cut(text: string, charactersMax: number): string {
  return text.length <= charactersMax ? text : text.slice(0, charactersMax).replace(/[\uD800-\uDBFF]$/, '');
}

/** The vectors of an answer by their `index`, where it has one; everything else about them is the guard's to check. */
function inOrder(id: string, count: number, answer: unknown): readonly Float32Array[] {
  const data = field(answer, 'data');
  if (!Array.isArray(data)) throw wrongAnswer(id, 'expected JSON with a list "data"');
  if (data.length !== count) throw wrongAnswer(id, `expected ${count} vectors, got ${data.length}`);
  const vectors: (Float32Array | undefined)[] = Array.from({ length: count });
  data.forEach((item: unknown, position) => {
    const index = field(item, 'index') ?? position;
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= count) {
      throw wrongAnswer(id, `expected an index below ${count} at ${position}`);
    }
    if (vectors[index] !== undefined) throw wrongAnswer(id, `got index ${index} twice`);
    vectors[index] = numbers(id, field(item, 'embedding'), index);
  });
  return vectors.filter((vector) => vector !== undefined);
}

function numbers(id: string, embedding: unknown, index: number): Float32Array {
  if (!Array.isArray(embedding)) throw wrongAnswer(id, `expected a list of numbers as embedding ${index}`);
  return Float32Array.from(embedding, (value: unknown, position) => {
    // A typed array would make 0 of null.
    if (typeof value !== 'number') {
      throw wrongAnswer(
        id,
        `expected a number at ${position} of embedding ${index}, got ${value === null ? 'null' : typeof value}`,
      );
    }
    return value;
  });
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function wrongAnswer(id: string, what: string): EcphoryError {
  return new EcphoryError('unavailable', `Embedder ${id} gave a wrong answer: ${what}.`);
}
