// Claude with its memory tool, whose files are memories. Start the server (`npm start`), set ECPHORY_API_KEY to the key
// that it printed, then: node examples/anthropic-memory-tool.ts (Node 22.18 or newer runs TypeScript; npx tsx does on
// Node 20). Claude is scripted, so that this runs without a key: leave `fetch` out for the real one.
import Anthropic from '@anthropic-ai/sdk';
import { betaMemoryTool } from '@anthropic-ai/sdk/helpers/beta/memory';
import { memoryFiles } from 'ecphory/anthropic';
import { newClient } from 'ecphory/client';

const memory = newClient({
  baseUrl: process.env.ECPHORY_URL ?? 'http://127.0.0.1:8787',
  apiKey: process.env.ECPHORY_API_KEY ?? '',
});
const anthropic = new Anthropic({ apiKey: 'none', fetch: scripted() });

const files = memoryFiles(memory, { namespace: 'users/alice' });
const answer = await anthropic.beta.messages.toolRunner({
  model: 'claude-sonnet-5-5',
  max_tokens: 1024,
  betas: ['context-management-2025-06-27'],
  tools: [betaMemoryTool(files)],
  messages: [{ role: 'user', content: 'My sister Clara moved to Porto.' }],
});
for (const block of answer.content) if (block.type === 'text') console.log(block.text);

// What Claude wrote into a file is a memory, which everything else finds.
const { hits } = await memory.search({ namespace: 'users/alice', query: 'Where does Clara live?' });
for (const hit of hits) console.log(`${hit.memory.metadata.path}: ${hit.memory.text}`);

/** Claude looks what there is, writes it down, and answers. */
function scripted(): typeof fetch {
  const inputs = [
    { command: 'view', path: '/memories' },
    { command: 'create', path: '/memories/family.md', file_text: 'Clara, a sister, lives in Porto.' },
  ];
  return async () => {
    const input = inputs.shift();
    const content =
      input === undefined
        ? [{ type: 'text', text: 'I wrote it down.' }]
        : [{ type: 'tool_use', id: `use_${inputs.length}`, name: 'memory', input }];
    return Response.json({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'scripted',
      content,
      stop_reason: input === undefined ? 'end_turn' : 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
    });
  };
}
