import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { protocolError } from './resources.ts';
import type { McpServing } from './server.ts';

/** What a user can put before a question by hand: what is remembered about it. */
export function registerContextPrompt(server: McpServer, { memory, namespace: usual, onFailure }: McpServing): void {
  server.registerPrompt(
    'context',
    {
      title: 'What is remembered',
      description: 'What the memory knows about a topic or question, to answer from.',
      argsSchema,
    },
    async ({ query, namespace = usual }) => {
      try {
        const { text } = await memory.context({ namespace, query, includeSources: true });
        const known = text === '' ? `Nothing is remembered about this in ${namespace}.` : text;
        return { messages: [{ role: 'user', content: { type: 'text', text: `${known}\n\nTo answer: ${query}` } }] };
      } catch (error) {
        throw protocolError(error, onFailure);
      }
    },
  );
}

const argsSchema = z.object({
  query: z.string().describe('The topic or question.'),
  namespace: z.string().optional().describe('Whose memory; that of the connection if left out.'),
});
