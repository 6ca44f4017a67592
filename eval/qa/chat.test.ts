import { afterEach, describe, expect, it } from 'vitest';
import { HopelessError, newChat } from './chat.ts';
import { openScriptedEndpoint, type ScriptedReply } from './scripted-endpoint.ts';

type Endpoint = Awaited<ReturnType<typeof openScriptedEndpoint>>;

const counter = { encoding: 'words', count: (text: string) => text.split(' ').length };
const request = { messages: [{ role: 'user' as const, content: 'one two three' }], tokensMax: 10 };
let endpoint: Endpoint;

async function chatWith(replies: readonly ScriptedReply[], more: { apiKey?: string | null; retries?: number } = {}) {
  endpoint = await openScriptedEndpoint((_, count) => replies[Math.min(count, replies.length) - 1] ?? {});
  return newChat({ url: endpoint.url, model: 'm', apiKey: 'secret', counter, ...more });
}

afterEach(() => endpoint.close());

describe('newChat', () => {
  it('asks at temperature 0 with the key, and says what it cost', async () => {
    const chat = await chatWith([{ say: 'hello' }]);
    expect(await chat.complete(request)).toEqual({ text: 'hello', tokensIn: 100, tokensOut: 7, isEstimate: false });
    expect(endpoint.requests[0]).toMatchObject({
      path: '/v1/chat/completions',
      headers: { authorization: 'Bearer secret' },
      body: { model: 'm', temperature: 0, max_tokens: 10, messages: [{ role: 'user', content: 'one two three' }] },
    });
  });

  it('sends no key where there is none, and counts itself where the endpoint does not', async () => {
    const chat = await chatWith([{ say: 'hello you', withoutUsage: true }], { apiKey: null });
    expect(await chat.complete(request)).toEqual({ text: 'hello you', tokensIn: 3, tokensOut: 2, isEstimate: true });
    expect(endpoint.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('waits as long as a 429 says', async () => {
    const chat = await chatWith([{ status: 429, headers: { 'retry-after-ms': '120' }, raw: '{}' }, { say: 'now' }]);
    expect((await chat.complete(request)).text).toBe('now');
    const [first, second] = endpoint.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(115);
  });

  it('tries again after a broken connection, an answer that is no JSON, and one without text', async () => {
    const chat = await chatWith([{ hangUp: true }, { raw: '<html>' }, { raw: '{"choices":[]}' }, { say: 'fine' }]);
    expect((await chat.complete(request)).text).toBe('fine');
    expect(endpoint.requests).toHaveLength(4);
  });

  it('gives up on nonsense with a word about who spoke it', async () => {
    const chat = await chatWith([{ raw: '{"choices":[]}' }], { retries: 1 });
    await expect(chat.complete(request)).rejects.toThrow(/^m at http.* gave no text/);
    expect(endpoint.requests).toHaveLength(2);
  });

  it('does not try again with a key that is refused', async () => {
    const chat = await chatWith([{ status: 401, raw: '{"error":{"message":"no"}}' }]);
    await expect(chat.complete(request)).rejects.toThrow(HopelessError);
    expect(endpoint.requests).toHaveLength(1);
  });

  it('learns which fields a model takes', async () => {
    const refusal = (message: string) => ({ status: 400, raw: JSON.stringify({ error: { message } }) });
    const chat = await chatWith([
      refusal("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."),
      refusal("Unsupported value: 'temperature' does not support 0."),
      { say: 'ok' },
    ]);
    await chat.complete(request);
    await chat.complete(request);
    expect(
      endpoint.requests.map(({ body }) => [body.max_tokens, body.max_completion_tokens, body.temperature]),
    ).toEqual([
      [10, undefined, 0],
      [undefined, 10, 0],
      [undefined, 10, undefined],
      [undefined, 10, undefined],
    ]);
  });
});
