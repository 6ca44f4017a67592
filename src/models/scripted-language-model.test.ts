import { expect, test } from 'vitest';
import type { ModelRequest } from '../memory/language-model.ts';
import { newScriptedLanguageModel } from './scripted-language-model.ts';

const request: ModelRequest = {
  prompt: 'test/1',
  system: '',
  user: 'What of the cat?',
  schema: { name: 'answer', json: {} },
  answerTokensMax: 64,
};

test('says what it was told to, and refuses a request that the script does not expect', async () => {
  const model = newScriptedLanguageModel([{ expects: ['cat'], answer: { a: 1 } }]);
  await expect(model.complete({ ...request, user: 'What of the dog?' })).rejects.toMatchObject({ code: 'invalid' });
  expect(await model.complete(request)).toEqual({ text: '{"a":1}', inputTokens: 4, outputTokens: 2 });
  expect(model.remaining()).toBe(0);
  await expect(model.complete(request)).rejects.toMatchObject({ code: 'invalid' });
  await model.close();
  await expect(model.complete(request)).rejects.toMatchObject({ code: 'unavailable' });
});
