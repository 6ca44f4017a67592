// A chat history, a retriever and tools of LangChain over one memory. Start the server (`npm start`), set ECPHORY_API_KEY
// to the key that it printed, then: node examples/langchain-retriever.ts (Node 22.18 or newer; npx tsx on Node 20).
import { newClient } from 'ecphory/client';
import { EcphoryChatHistory, EcphoryRetriever, newMemoryTools } from 'ecphory/langchain';

const memory = newClient({
  baseUrl: process.env.ECPHORY_URL ?? 'http://127.0.0.1:8787',
  apiKey: process.env.ECPHORY_API_KEY ?? '',
});
const namespace = 'users/alice';

const history = new EcphoryChatHistory({ memory, namespace, sessionId: 'monday' });
await history.addUserMessage('My violin is being repaired in Porto.');
await history.addAIMessage('Until when?');
console.log((await history.getMessages()).map((message) => `${message.type}: ${message.text}`).join('\n'));

const retriever = new EcphoryRetriever({ memory, namespace, limit: 1 });
const [document] = await retriever.invoke('Where is the violin?');
console.log(
  document?.pageContent,
  `(${document?.metadata.speaker ?? document?.metadata.role}, ${document?.metadata.session_id})`,
);

const [search] = newMemoryTools(memory, { namespace, only: ['search_memory'] });
console.log(await search?.invoke({ query: 'violin', limit: 1 }));
