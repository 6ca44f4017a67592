import type { OpenAI } from 'openai';
import { EcphoryError } from '../memory/errors.ts';
import type { LanguageModel, ModelAnswer, ModelRequest } from '../memory/language-model.ts';
import { limits } from '../memory/limits.ts';
import { boundedFetch } from './bounded-fetch.ts';
import { endpointStatus, isRefusal, languageModelFailure } from './language-model-failure.ts';

export interface OpenAiLanguageModelSettings {
  /** Up to and with `/v1`, such as `http://127.0.0.1:11434/v1`. From the configuration alone, never from a request. */
  readonly baseUrl: string;
  readonly model: string;
  /** Left out for local servers that ask for none. */
  readonly apiKey?: string;
  /** One request, milliseconds. */
  readonly timeoutMs?: number;
}

/**
 * Any endpoint that speaks OpenAI's `POST /chat/completions`. Opening it asks nothing of the endpoint.
 *
 * Endpoints differ in what they take. It begins with a strict JSON schema, no randomness and `max_tokens`; a refusal of one
 * of these is answered with the next best, and what worked is remembered. Retrying anything else is the caller's.
 *
 * @throws EcphoryError `invalid` for settings that cannot work.
 */
export async function openOpenAiLanguageModel(settings: OpenAiLanguageModelSettings): Promise<LanguageModel> {
  if (!URL.canParse(settings.baseUrl) || !/^https?:$/.test(new URL(settings.baseUrl).protocol)) {
    throw new EcphoryError('invalid', 'The base URL of a language model must be an http or https URL.');
  }
  if (settings.model === '') throw new EcphoryError('invalid', 'A language model endpoint needs the name of a model.');
  const { model, timeoutMs = limits.modelTimeoutMs } = settings;
  const id = `${model}@${new URL(settings.baseUrl).host}`;
  const client = await newClient(settings);
  const closing = new AbortController();
  let dialect: Dialect = { format: 'schema', tokens: 'max_tokens', isGreedy: true };

  return {
    id,
    async complete(request) {
      const late = AbortSignal.timeout(timeoutMs);
      const signal = AbortSignal.any([closing.signal, late, ...(request.signal === undefined ? [] : [request.signal])]);
      let spoken = dialect;
      for (;;) {
        try {
          const answer: unknown = await client.chat.completions.create(body(model, request, spoken), { signal });
          // Only what worked is remembered: an endpoint may refuse one request for another reason.
          dialect = spoken;
          return answerOf(id, request, answer);
        } catch (error) {
          if (late.aborted) {
            throw new EcphoryError('timeout', `Language model ${id} did not answer within ${timeoutMs} ms.`);
          }
          const next = simpler(spoken, error);
          if (next === null) throw error instanceof EcphoryError ? error : languageModelFailure(id, error);
          spoken = next;
        }
      }
    },
    async close() {
      closing.abort();
    },
  };
}

/** Which of the ways to ask an endpoint understands. */
interface Dialect {
  readonly format: 'schema' | 'object' | 'none';
  readonly tokens: 'max_tokens' | 'max_completion_tokens';
  /** Temperature 0. */
  readonly isGreedy: boolean;
}

/** The next best way after a refusal, or null when that was no refusal or nothing is left to leave out. */
function simpler(dialect: Dialect, error: unknown): Dialect | null {
  const status = endpointStatus(error);
  if (status === null || !isRefusal(status) || !(error instanceof Error)) return null;
  const code = 'code' in error ? error.code : null;
  if (code === 'context_length_exceeded' || code === 'content_filter' || status === 413) return null;
  if (dialect.tokens === 'max_tokens' && /max_(?:completion_)?tokens/i.test(error.message)) {
    return { ...dialect, tokens: 'max_completion_tokens' };
  }
  if (dialect.isGreedy && /temperature/i.test(error.message)) return { ...dialect, isGreedy: false };
  // Many servers say no more than "bad request" to a format that they do not know.
  if (dialect.format === 'schema') return { ...dialect, format: 'object' };
  if (dialect.format === 'object') return { ...dialect, format: 'none' };
  return null;
}

function body(model: string, request: ModelRequest, dialect: Dialect): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const { name, json } = request.schema;
  const system =
    dialect.format === 'schema'
      ? request.system
      : `${request.system}\n\nAnswer with one JSON value of this JSON schema and nothing else:\n${JSON.stringify(json)}`;
  return {
    model,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: request.user },
    ],
    [dialect.tokens]: request.answerTokensMax,
    ...(dialect.isGreedy && { temperature: 0 }),
    ...(dialect.format === 'schema' && {
      response_format: { type: 'json_schema' as const, json_schema: { name, strict: true, schema: { ...json } } },
    }),
    ...(dialect.format === 'object' && { response_format: { type: 'json_object' as const } }),
  };
}

/** Imported only here, so that nobody else pays for it at start. */
async function newClient(settings: OpenAiLanguageModelSettings): Promise<OpenAI> {
  const { OpenAI } = await import('openai');
  return new OpenAI({
    baseURL: settings.baseUrl,
    apiKey: settings.apiKey ?? 'none',
    // Without these the library would take them from the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    logLevel: 'off',
    ...(settings.apiKey === undefined ? { defaultHeaders: { authorization: null } } : {}),
    maxRetries: 0,
    fetch: boundedFetch(limits.modelAnswerBytes),
  });
}

function answerOf(id: string, request: ModelRequest, answer: unknown): ModelAnswer {
  const choices = field(answer, 'choices');
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const message = field(choice, 'message');
  const text = field(message, 'content');
  if (typeof text !== 'string' || text === '') {
    if (typeof field(message, 'refusal') === 'string' || field(choice, 'finish_reason') === 'content_filter') {
      throw new EcphoryError('invalid', `Language model ${id} declined to answer.`);
    }
    throw new EcphoryError('unavailable', `Language model ${id} gave a wrong answer: expected text in "choices".`);
  }
  const usage = field(answer, 'usage');
  return {
    text,
    inputTokens: tokens(field(usage, 'prompt_tokens'), request.system.length + request.user.length),
    outputTokens: tokens(field(usage, 'completion_tokens'), text.length),
  };
}

/** Some servers count nothing; a budget must hold all the same. Four characters are about one token of English. */
function tokens(counted: unknown, characters: number): number {
  const isCount = typeof counted === 'number' && Number.isSafeInteger(counted) && counted > 0;
  return isCount ? counted : Math.ceil(characters / 4);
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
