import { z } from 'zod';
import type { Json } from '../../memory/episode.ts';
import { limits } from '../../memory/limits.ts';
import { noteStates } from '../../memory/note.ts';
import { cut, fenced, memoryEntry } from './fenced.ts';
import { argument, given } from './given.ts';
import { memoryShape, memoryView, wholeMemoryShape, wholeMemoryView } from './memory-view.ts';
import { searchAnswer, searchOutput } from './search-view.ts';
import { newTool, type Tool } from './tool.ts';

const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const limit = z.int().min(1).max(limits.mcpMemories).optional();

export const readingTools: readonly Tool[] = [
  newTool(
    'search_memory',
    {
      title: 'Search memory',
      description:
        'Finds memories by what they say, best first, with ids and dates. Confidence says how likely it is that the memory holds an answer at all: below 0.3 rather say that you do not know.',
      annotations,
      input: z.strictObject({
        query: z.string().describe('A question or words, in plain language.'),
        namespace: argument.readNamespace,
        limit: limit.describe(`1 to ${limits.mcpMemories}; ${limits.searchLimitDefault} if left out.`),
        filter: argument.filter,
        as_of: argument.time.optional().describe('What was true and held at this time, ISO 8601.'),
        include_archived: z.boolean().optional().describe('Also what was deleted and can be restored.'),
      }),
      output: searchOutput,
    },
    async (
      { memory, namespace: usual },
      { query, namespace = usual, filter, as_of: asOf, include_archived: includeArchived, limit: most },
    ) => {
      const found = await memory.search({
        namespace,
        query,
        ...given({ limit: most, filter: filter as Json | undefined, asOf, includeArchived }),
      });
      return searchAnswer(found, namespace);
    },
  ),

  newTool(
    'get_context',
    {
      title: 'Get context',
      description:
        'What the memory knows about a question, as one text to answer from, within a limit of tokens, in order of time, each memory with its id. Ask this first.',
      annotations,
      input: z.strictObject({
        query: z.string().describe('The question or topic, in plain language.'),
        namespace: argument.readNamespace,
        max_tokens: z
          .int()
          .min(limits.contextTokensMin)
          .max(limits.contextTokens)
          .optional()
          .describe(`Of the text; ${limits.contextTokensDefault} if left out.`),
        filter: argument.filter,
        as_of: argument.time.optional().describe('What was true and held at this time, ISO 8601.'),
      }),
      output: z.object({
        text: z.string(),
        memories: z.array(z.object({ id: z.string(), by: z.string(), is_cut: z.boolean() })),
        tokens: z.number(),
        confidence: z.number().nullable(),
        degraded: z.array(z.string()),
      }),
    },
    async ({ memory, namespace: usual }, { query, namespace = usual, max_tokens: maxTokens, filter, as_of: asOf }) => {
      const context = await memory.context({
        namespace,
        query,
        includeSources: true,
        ...given({ maxTokens, filter: filter as Json | undefined, asOf }),
      });
      const memories = context.memories.map(({ id, by, isCut }) => ({ id, by, is_cut: isCut }));
      const { text, tokens, confidence } = context;
      return {
        structured: { text, memories, tokens, confidence, degraded: [...context.degraded] },
        text: text === '' ? `Nothing is remembered about this in ${namespace}.` : text,
      };
    },
  ),

  newTool(
    'get_memory',
    {
      title: 'Get one memory',
      description: 'One memory by its id, whole, with its metadata, sources and version.',
      annotations,
      input: z.strictObject({ id: argument.id }),
      output: z.object(wholeMemoryShape),
    },
    async ({ memory }, { id }) => {
      const view = wholeMemoryView(await memory.get(id));
      return { structured: view, text: `Version ${view.version}.\n${fenced([memoryEntry(view)])}` };
    },
  ),

  newTool(
    'list_memories',
    {
      title: 'List memories',
      description:
        'Memories of a namespace, newest first, a page at a time. To find something, search_memory is better.',
      annotations,
      input: z.strictObject({
        namespace: argument.readNamespace,
        limit: limit.describe(`1 to ${limits.mcpMemories}; ${limits.mcpMemoriesDefault} if left out.`),
        cursor: z.string().optional().describe('next_cursor of the page before.'),
        filter: argument.filter,
        states: z.array(z.enum(noteStates)).optional().describe('active only if left out; archived was deleted.'),
      }),
      output: z.object({ memories: z.array(z.object(memoryShape)), next_cursor: z.string().nullable() }),
    },
    async (
      { memory, namespace: usual },
      { namespace = usual, limit: most = limits.mcpMemoriesDefault, cursor, filter, states },
    ) => {
      const page = await memory.list({
        namespace,
        limit: most,
        ...given({ cursor, filter: filter as Json | undefined, states }),
      });
      const memories = page.data.map(memoryView);
      const shown = memories.length === 0 ? `There is nothing in ${namespace}.` : fenced(memories.map(memoryEntry));
      const more = page.nextCursor === null ? '' : `\nThere is more: call again with cursor ${page.nextCursor}`;
      return { structured: { memories, next_cursor: page.nextCursor }, text: shown + more };
    },
  ),

  newTool(
    'memory_history',
    {
      title: 'History of a memory',
      description: 'What a memory said before: its versions, oldest first, with when and why each was made.',
      annotations,
      input: z.strictObject({ id: argument.id }),
      output: z.object({
        versions: z.array(
          z.object({
            version: z.number(),
            text: z.string(),
            is_cut: z.boolean(),
            tags: z.array(z.string()),
            at: z.string(),
            cause: z.string(),
          }),
        ),
        earlier: z.number().describe('How many versions before these are not given.'),
      }),
    },
    async ({ memory }, { id }) => {
      const all = await memory.history(id);
      const versions = all.slice(-limits.mcpMemories).map(({ version, text, tags, at, cause }) => {
        const shown = cut(text, limits.mcpTextCharacters);
        return { version, text: shown, is_cut: shown.length < text.length, tags: [...tags], at, cause };
      });
      const entries = versions.map(({ version, text, at, cause }) => ({
        label: `version ${version}`,
        about: [at, cause],
        text,
      }));
      return { structured: { versions, earlier: all.length - versions.length }, text: fenced(entries) };
    },
  ),
];
