// A LangGraph graph whose store is Ecphory. Start the server (`npm start`), set ECPHORY_API_KEY to the key that it
// printed, then: node examples/langgraph-store.ts (Node 22.18 or newer runs TypeScript; npx tsx does on Node 20).
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { newClient } from 'ecphory/client';
import { EcphoryStore, encodeLabel } from 'ecphory/langgraph';

const memory = newClient({
  baseUrl: process.env.ECPHORY_URL ?? 'http://127.0.0.1:8787',
  apiKey: process.env.ECPHORY_API_KEY ?? '',
});
const store = new EcphoryStore({ memory });

const State = Annotation.Root({ userId: Annotation<string>, said: Annotation<string>, answer: Annotation<string> });
const graph = new StateGraph(State)
  .addNode('remember', async ({ userId, said }, { store }) => {
    // An e-mail address has dots, which LangGraph does not take in a namespace.
    await store?.put(['users', encodeLabel(userId), 'facts'], said, { text: said });
    return {};
  })
  .addNode('recall', async ({ userId }, { store }) => {
    const found = await store?.search(['users', encodeLabel(userId)], {
      query: 'Where does my sister live?',
      limit: 1,
    });
    return { answer: found?.[0]?.value.text ?? 'I do not know.' };
  })
  .addEdge(START, 'remember')
  .addEdge('remember', 'recall')
  .addEdge('recall', END)
  .compile({ store });

const userId = 'alice@example.com';
await graph.invoke({ userId, said: 'I am allergic to peanuts.' });
const { answer } = await graph.invoke({ userId, said: 'My sister Clara lives in Porto.' });
console.log(answer);
