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
