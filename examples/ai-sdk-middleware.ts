// A model of the AI SDK that remembers its users. Start the server (`npm start`), set ECPHORY_API_KEY to the key that it
// printed, then: node examples/ai-sdk-middleware.ts (Node 22.18 or newer runs TypeScript; npx tsx does on Node 20).
// The model is scripted, so that this runs without one: put yours in its place.
import { generateText, wrapLanguageModel } from 'ai';
import { MockLanguageModelV3 } from 'ai/test';
import { memoryMiddleware } from 'ecphory/ai-sdk';
import { newClient } from 'ecphory/client';

const memory = newClient({
  baseUrl: process.env.ECPHORY_URL ?? 'http://127.0.0.1:8787',
  apiKey: process.env.ECPHORY_API_KEY ?? '',
});
const scripted = new MockLanguageModelV3({
  doGenerate: async ({ prompt }) => {
    const isQuestion = JSON.stringify(prompt.at(-1)).includes('?');
    const knows = prompt.some(({ role, content }) => role === 'system' && content.includes('peanuts'));
    const text = isQuestion ? (knows ? 'A salad, without peanuts.' : 'Peanut soup.') : 'Noted: no peanuts.';
    return {
      content: [{ type: 'text', text }],
      finishReason: { unified: 'stop', raw: undefined },
      usage: {
        inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
        outputTokens: { total: 1, text: 1, reasoning: 0 },
      },
      warnings: [],
    };
  },
});

const middleware = memoryMiddleware({ memory });
const model = wrapLanguageModel({ model: scripted, middleware });
const providerOptions = { ecphory: { userId: 'alice' } };

await generateText({ model, providerOptions, system: 'You cook.', prompt: 'I am allergic to peanuts.' });
await middleware.settled();
// Another conversation: the model was told nothing of the first.
const { text } = await generateText({
  model,
  providerOptions,
  system: 'You cook.',
  prompt: 'What do I eat that is no peanuts, given my allergies?',
});
console.log(text);
await middleware.settled();
