// An agent of LangChain that remembers its users. Start the server (`npm start`), set ECPHORY_API_KEY to the key that it
// printed, then: node examples/langchain-agent.ts (Node 22.18 or newer runs TypeScript; npx tsx does on Node 20).
// The model is scripted, so that this runs without one: put yours in its place.
import { AIMessage } from '@langchain/core/messages';
import { fakeModel } from '@langchain/core/testing';
import { newClient } from 'ecphory/client';
import { memoryMiddleware } from 'ecphory/langchain/middleware';
import { createAgent } from 'langchain';

const memory = newClient({
  baseUrl: process.env.ECPHORY_URL ?? 'http://127.0.0.1:8787',
  apiKey: process.env.ECPHORY_API_KEY ?? '',
});
const model = fakeModel()
  .respond(new AIMessage('Noted: no peanuts.'))
  .respond((messages) => {
    const system = messages.find(({ type }) => type === 'system')?.text ?? '';
    return new AIMessage(system.includes('peanuts') ? 'A salad, without peanuts.' : 'Peanut soup.');
  });

const remembering = memoryMiddleware({ memory });
const agent = createAgent({ model, systemPrompt: 'You cook.', middleware: [remembering] });
const asAlice = { context: { userId: 'alice' } };

await agent.invoke({ messages: [{ role: 'user', content: 'I am allergic to peanuts.' }] }, asAlice);
await remembering.settled();
// Another conversation: the agent was told nothing of the first.
const { messages } = await agent.invoke(
  { messages: [{ role: 'user', content: 'What do I eat that is no peanuts, given my allergies?' }] },
  asAlice,
);
console.log(messages.at(-1)?.text);
await remembering.settled();
