import { setTimeout as delay } from 'node:timers/promises';
import { OpenAI } from 'openai';
import { z } from 'zod';
import type { TokenCounter } from '../../src/memory/tokens.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user';
  readonly content: string;
}

export interface ChatRequest {
  readonly messages: readonly ChatMessage[];
  /** Of the reply. */
  readonly tokensMax: number;
}

export interface ChatReply {
  readonly text: string;
  readonly tokensIn: number;
  readonly tokensOut: number;
  /** The endpoint did not say; counted here. */
  readonly isEstimate: boolean;
}

/** A language model that is asked one thing at a time. */
export interface Chat {
  readonly model: string;
  readonly url: string;
  /** @throws Error when no usable reply came within the tries. */
  readonly complete: (request: ChatRequest) => Promise<ChatReply>;
}

export interface ChatSettings {
  /** Up to and with `/v1`. */
  readonly url: string;
  readonly model: string;
  /** Null for a local endpoint that asks for none. */
  readonly apiKey: string | null;
  readonly counter: TokenCounter;
  readonly timeoutMs?: number;
  /** Tries after the first, for what may pass: 408, 409, 429, 5xx, a broken connection, a reply that cannot be read. */
  readonly retries?: number;
}

/** No other request to this endpoint will fare better: a wrong key, no such model. */
export class HopelessError extends Error {
  override readonly name = 'HopelessError';
}

const replySchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).nullish(),
});

/**
 * Any endpoint that speaks OpenAI's `POST /chat/completions`, at temperature 0. The library waits as `Retry-After` says.
 * Some models want `max_completion_tokens` for `max_tokens`, or no temperature: told so once, it is kept to.
 */
export function newChat({ url, model, apiKey, counter, timeoutMs = 120_000, retries = 5 }: ChatSettings): Chat {
  const client = new OpenAI({
    baseURL: url,
    apiKey: apiKey ?? 'none',
    // Without these the library would take them from the environment.
    organization: null,
    project: null,
    logLevel: 'off',
    ...(apiKey === null && { defaultHeaders: { authorization: null } }),
    maxRetries: retries,
    timeout: timeoutMs,
  });
  let limitName: 'max_tokens' | 'max_completion_tokens' = 'max_tokens';
  let takesTemperature = true;

  return { model, url, complete: (request) => complete(request, retries) };

  async function complete(request: ChatRequest, triesLeft: number): Promise<ChatReply> {
    const body = {
      model,
      messages: [...request.messages],
      [limitName]: request.tokensMax,
      ...(takesTemperature && { temperature: 0 }),
    };
    let answer: unknown;
    try {
      answer = await client.chat.completions.create(body);
    } catch (error) {
      if (triesLeft > 0 && hasLearnt(error)) return complete(request, triesLeft - 1);
      if (triesLeft > 0 && error instanceof SyntaxError) return again(request, triesLeft);
      throw explained(error);
    }
    const reply = replySchema.safeParse(answer);
    if (reply.success) return replyOf(request, reply.data);
    if (triesLeft > 0) return again(request, triesLeft);
    throw new Error(`${model} at ${url} gave no text: ${reply.error.issues[0]?.message ?? ''}`);
  }

  async function again(request: ChatRequest, triesLeft: number): Promise<ChatReply> {
    await delay(unreadablePauseMs);
    return complete(request, triesLeft - 1);
  }

  /** Whether the refusal named a field that can be sent otherwise. */
  function hasLearnt(error: unknown): boolean {
    if (!(error instanceof OpenAI.BadRequestError)) return false;
    if (limitName === 'max_tokens' && /max_completion_tokens/.test(error.message)) {
      limitName = 'max_completion_tokens';
      return true;
    }
    if (takesTemperature && /temperature/.test(error.message)) {
      takesTemperature = false;
      return true;
    }
    return false;
  }

  function replyOf({ messages }: ChatRequest, { choices, usage }: z.infer<typeof replySchema>): ChatReply {
    const text = choices[0]?.message.content ?? '';
    const sent = messages.map(({ content }) => content).join('\n');
    return {
      text,
      tokensIn: usage?.prompt_tokens ?? counter.count(sent),
      tokensOut: usage?.completion_tokens ?? counter.count(text),
      isEstimate: usage == null,
    };
  }

  function explained(cause: unknown): Error {
    const status = cause instanceof OpenAI.APIError ? cause.status : undefined;
    const message = `${model} at ${url} ${status === undefined ? 'could not be asked' : `answered ${status}`}`;
    if (status === 401 || status === 403 || status === 404) return new HopelessError(message, { cause });
    return new Error(message, { cause });
  }
}

/** An endpoint that writes nonsense is often one that is starting. */
const unreadablePauseMs = 250;
