import { expect, test } from 'vitest';
import { ConfigError, loadConfig } from './config.ts';

test('no reranker is used unless it is named', () => {
  expect(loadConfig({}, {}).reranker).toEqual({ kind: 'off' });
  expect(loadConfig({}, { ECPHORY_RERANKER_MODEL: 'someone/some-model' }).reranker).toEqual({ kind: 'off' });
});

test.each([
  [{ ECPHORY_RERANKER_MODEL: 'someone/some-model' }, 'someone/some-model'],
  [{ ECPHORY_RERANKER_PATH: './model' }, './model'],
  [{ ECPHORY_RERANKER_MODEL: 'someone/some-model', ECPHORY_RERANKER_PATH: './model' }, './model'],
])('a local reranker is %j', (variables, model) => {
  expect(loadConfig({}, { ECPHORY_RERANKER: 'local', ...variables }).reranker).toEqual({ kind: 'local', model });
});

test.each([
  [{ ECPHORY_RERANKER: 'gpt' }, 'ECPHORY_RERANKER is "gpt"; allowed: off or local.'],
  [{ ECPHORY_RERANKER: 'local' }, 'ECPHORY_RERANKER_MODEL is not set; ECPHORY_RERANKER=local needs it'],
])('%j is refused', (variables, message) => {
  expect(() => loadConfig({}, variables)).toThrow(ConfigError);
  expect(() => loadConfig({}, variables)).toThrow(message);
});

test('rules do without a language model unless one is named', () => {
  expect(loadConfig({}, { ECPHORY_MODEL_BASE_URL: 'http://127.0.0.1:1/v1' }).model).toEqual({ kind: 'off' });
  expect(loadConfig({}, { ECPHORY_MODEL: 'tiny', ECPHORY_MODEL_BASE_URL: 'http://127.0.0.1:1/v1' }).model).toEqual({
    kind: 'openai',
    model: 'tiny',
    baseUrl: 'http://127.0.0.1:1/v1',
    timeoutMs: 60_000,
    tokensPerDay: 2_000_000,
    prices: null,
  });
});

test('a language model has a key, a limit of time, a budget and prices', () => {
  const variables = {
    ECPHORY_MODEL: 'tiny',
    ECPHORY_MODEL_API_KEY: 'secret',
    ECPHORY_MODEL_TIMEOUT_MS: '5000',
    ECPHORY_MODEL_TOKENS_PER_DAY: '100000',
    ECPHORY_MODEL_INPUT_PRICE: '0.15',
  };
  expect(loadConfig({}, variables).model).toMatchObject({
    apiKey: 'secret',
    timeoutMs: 5_000,
    tokensPerDay: 100_000,
    prices: { input: 0.15, output: 0 },
  });
  expect(() => loadConfig({}, { ...variables, ECPHORY_MODEL_BASE_URL: 'file:///etc' })).toThrow(
    'ECPHORY_MODEL_BASE_URL',
  );
  expect(() => loadConfig({}, { ...variables, ECPHORY_MODEL_TIMEOUT_MS: '5' })).toThrow('1000 to 600000');
});
