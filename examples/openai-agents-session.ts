// An agent of the OpenAI Agents SDK whose conversation goes on in another process. Start the server (`npm start`), set
// ECPHORY_API_KEY to the key that it printed, then: node examples/openai-agents-session.ts (Node 22.18 or newer runs
// TypeScript; npx tsx does on Node 20). The model is scripted, so that this runs without one: put yours in its place.
import { Agent, type AgentInputItem, Runner } from '@openai/agents';
import { assistantMessage, modelResponder, ScriptedModel } from '@openai/agents/testing';
import { newClient } from 'ecphory/client';
import { newSession } from 'ecphory/openai-agents';

const memory = newClient({
  baseUrl: process.env.ECPHORY_URL ?? 'http://127.0.0.1:8787',
  apiKey: process.env.ECPHORY_API_KEY ?? '',
});
const model = new ScriptedModel([
  [assistantMessage('Good to know.')],
  modelResponder(({ request }) => {
    const knows = JSON.stringify(request.input).includes('grey cat');
    return [assistantMessage(knows ? 'Your cat is called Minka.' : 'What cat?')];
  }),
]);
const agent = new Agent({ name: 'Companion', model });
const runner = new Runner({ tracingDisabled: true });
const conversation = () => newSession<AgentInputItem>(memory, { namespace: 'users/alice', sessionId: 'monday' });

await runner.run(agent, 'I have a grey cat called Minka.', { session: conversation() });
const { finalOutput } = await runner.run(agent, 'What is my cat called?', { session: conversation() });
console.log(finalOutput);

// What was said is also long-term memory, for every other conversation.
const { hits } = await memory.search({ namespace: 'users/alice', query: 'Who has a cat?', limit: 1 });
for (const hit of hits) console.log(`${hit.memory.role}: ${hit.memory.text}`);
