import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isEcphoryError } from '../../src/memory/errors.ts';
import type { ModelRequest } from '../../src/memory/language-model.ts';
import { limits } from '../../src/memory/limits.ts';
import { newCircuitBreaker } from '../../src/models/circuit-breaker.ts';
import { type GuardedLanguageModel, guardLanguageModel } from '../../src/models/language-model-guard.ts';
import { openOpenAiLanguageModel } from '../../src/models/openai-language-model.ts';
import {
  breaksOff,
  dripsAndHangs,
  floods,
  hangs,
  type ModelEndpoint,
  openModelEndpoint,
  says,
  sends,
} from './model-endpoint.ts';

const request: ModelRequest = {
  prompt: 'test/1',
  system: 'Answer in JSON.',
  user: 'Say yes.',
  schema: { name: 'answer', json: { type: 'object', properties: {}, required: [], additionalProperties: false } },
  answerTokensMax: 64,
};

let endpoint: ModelEndpoint;
let now: number;

beforeEach(async () => {
  endpoint = await openModelEndpoint();
  now = 0;
});

afterEach(async () => {
  await endpoint.close();
});

async function open(
  settings: { readonly apiKey?: string; readonly timeoutMs?: number } = {},
): Promise<GuardedLanguageModel> {
  const model = await openOpenAiLanguageModel({ baseUrl: endpoint.baseUrl, model: 'tiny', ...settings });
  const breaker = newCircuitBreaker({ now: () => now, failuresMax: 3, openMs: 1_000 });
  return guardLanguageModel(model, { breaker, prices: { input: 1, output: 2 } });
}

async function failure(
  model: GuardedLanguageModel,
): Promise<{ code: string; retryAfterMs: number | null; message: string }> {
  const error: unknown = await model.complete(request).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isEcphoryError(error)) throw new Error(`Expected a failure, got ${String(error)}.`);
  return { code: error.code, retryAfterMs: error.retryAfterMs, message: error.message };
}

describe('a language model endpoint', () => {
  test('is asked for a strict schema, and its answer comes with what it cost', async () => {
    endpoint.play(says('{"a":1}'));
    const model = await open({ apiKey: 'secret' });
    expect(await model.complete(request)).toEqual({ text: '{"a":1}', inputTokens: 40, outputTokens: 8 });
    expect(endpoint.seen[0]).toMatchObject({
      url: '/v1/chat/completions',
      headers: { authorization: 'Bearer secret' },
      body: {
        model: 'tiny',
        temperature: 0,
        max_tokens: 64,
        response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true } },
        messages: [
          { role: 'system', content: 'Answer in JSON.' },
          { role: 'user', content: 'Say yes.' },
        ],
      },
    });
    expect(model.usage()).toEqual({ calls: 1, failures: {}, inputTokens: 40, outputTokens: 8, cost: 56 / 1_000_000 });
    expect(model.id).toBe(`tiny@${new URL(endpoint.baseUrl).host}`);
  });

  test('gets no authorization without a key, and its tokens are estimated when it counts none', async () => {
    endpoint.play(says('{"abc":12}', null));
    const model = await open();
    expect(await model.complete(request)).toEqual({ text: '{"abc":12}', inputTokens: 6, outputTokens: 3 });
    expect(endpoint.seen[0]?.headers.authorization).toBeUndefined();
  });

  test('that refuses a schema is asked for an object with the schema in words, and is not asked otherwise again', async () => {
    const refuses = sends(400, { error: { message: 'response_format json_schema is not supported' } });
    endpoint.play(refuses, says('{}'));
    const model = await open();
    await model.complete(request);
    await model.complete(request);
    expect(endpoint.seen.map(({ body }) => body.response_format)).toMatchObject([
      { type: 'json_schema' },
      { type: 'json_object' },
      { type: 'json_object' },
    ]);
    expect(JSON.stringify(endpoint.seen[1]?.body.messages)).toContain('JSON schema');
  });

  test('that refuses a temperature or max_tokens is asked without them', async () => {
    endpoint.play(
      sends(400, { error: { message: "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens'." } }),
      sends(400, { error: { message: "'temperature' does not support 0." } }),
      says('{}'),
    );
    await (await open()).complete(request);
    expect(endpoint.seen[2]?.body).toMatchObject({
      max_completion_tokens: 64,
      response_format: { type: 'json_schema' },
    });
    expect(endpoint.seen[2]?.body).not.toHaveProperty('max_tokens');
    expect(endpoint.seen[2]?.body).not.toHaveProperty('temperature');
  });

  test('that refuses the request whatever its form has refused it for good, and the circuit stays closed', async () => {
    endpoint.play(sends(400, { error: { message: 'no' } }));
    const model = await open();
    for (let tries = 0; tries < 4; tries += 1) expect((await failure(model)).code).toBe('invalid');
    expect(model.circuit()).toBe('closed');
    // What did not help is not remembered.
    expect(endpoint.seen[3]?.body.response_format).toMatchObject({ type: 'json_schema' });
  });

  test('that is down is unavailable', async () => {
    const model = await open();
    await endpoint.close();
    expect((await failure(model)).code).toBe('unavailable');
    endpoint = await openModelEndpoint();
  });

  test.each([
    ['never answers', hangs],
    ['begins an answer and never ends it', dripsAndHangs],
  ])('that %s is given up in time', async (_name, mode) => {
    endpoint.play(mode);
    const model = await open({ timeoutMs: 50 });
    expect((await failure(model)).code).toBe('timeout');
    expect(model.usage().failures).toEqual({ timeout: 1 });
  });

  test.each([
    ['two seconds', '2', 2_000],
    ['for ever', '999999999', limits.modelRetryAfterMsMax],
  ])('that asks to wait %s is left alone that long, within reason', async (_name, header, waitMs) => {
    endpoint.play(sends(429, { error: { message: 'slow down' } }, { 'retry-after': header }), says('{}'));
    const model = await open();
    expect(await failure(model)).toMatchObject({ code: 'rate_limited', retryAfterMs: waitMs });
    now = waitMs - 1;
    expect(await failure(model)).toMatchObject({ code: 'unavailable', retryAfterMs: 1 });
    expect(endpoint.seen).toHaveLength(1);
    now = waitMs;
    expect((await model.complete(request)).text).toBe('{}');
  });

  test.each([
    ['status 500', sends(500, { error: { message: 'oops: Say yes.' } })],
    ['status 401', sends(401, { error: { message: 'bad key' } })],
    ['an HTML page', sends(200, '<html>hello</html>', { 'content-type': 'text/html' })],
    ['bytes that are no JSON', sends(200, '\u0000\u0001{{{')],
    ['JSON of another kind', sends(200, { ok: true })],
    ['no text', says('')],
    ['a broken connection', breaksOff],
  ])('that answers with %s is unavailable, and its words are in no message', async (_name, mode) => {
    endpoint.play(mode);
    const failed = await failure(await open());
    expect(failed.code).toBe('unavailable');
    expect(failed.message).not.toContain('Say yes');
  });

  test('that answers with 50 MB is cut off long before', async () => {
    let sent = -1;
    const ended = new Promise<void>((resolve) => {
      endpoint.play(
        floods(50_000_000, (bytes) => {
          sent = bytes;
          resolve();
        }),
      );
    });
    expect((await failure(await open())).code).toBe('too_large');
    await ended;
    expect(sent).toBeLessThan(25_000_000);
  });

  test('cannot send texts and key elsewhere', async () => {
    const other = await openModelEndpoint();
    other.play(says('{}'));
    endpoint.play(sends(307, '', { location: `${other.baseUrl}/chat/completions` }));
    expect((await failure(await open({ apiKey: 'secret' }))).code).toBe('unavailable');
    expect(other.seen).toEqual([]);
    await other.close();
  });

  test('that keeps failing is left alone, then looked at once, and used again when it is well', async () => {
    endpoint.play(sends(503, {}));
    const model = await open();
    for (let tries = 0; tries < 3; tries += 1) await failure(model);
    expect(model.circuit()).toBe('open');
    expect(await failure(model)).toMatchObject({ code: 'unavailable', retryAfterMs: 1_000 });
    expect(endpoint.seen).toHaveLength(3);
    now = 1_000;
    expect(model.circuit()).toBe('half-open');
    await Promise.all([failure(model), failure(model)]);
    expect(endpoint.seen).toHaveLength(4);
    endpoint.play(says('{}'));
    now = 3_000;
    await model.complete(request);
    expect(model.circuit()).toBe('closed');
    expect(model.usage().failures).toEqual({ unavailable: 4, kept: 2 });
  });

  test('is told to stop when its caller gives up, which says nothing of it', async () => {
    endpoint.play(hangs);
    const model = await open();
    for (let tries = 0; tries < 4; tries += 1) {
      const signal = AbortSignal.timeout(10);
      await expect(model.complete({ ...request, signal })).rejects.toMatchObject({ code: 'unavailable' });
    }
    expect(model.circuit()).toBe('closed');
  });
});
