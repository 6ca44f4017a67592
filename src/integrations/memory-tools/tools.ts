import { z } from 'zod';
import { EcphoryError } from '../../memory/errors.ts';
import type { Memory, MemoryService } from '../../memory/service.ts';
import { type Answer, answerOf, historyAnswer, memoriesAnswer, refusalOf } from './answer.ts';
import { type MemoryToolName, namespaceField, type ToolInput, toolSchemas } from './schemas.ts';

export type { Answer as ToolAnswer } from './answer.ts';
export { namespaceLabel } from './namespace-label.ts';
export type { MemoryToolName } from './schemas.ts';

export interface MemoryToolsOptions {
  /**
   * Whose memory: the model cannot leave it, not even by an id. When left out each tool that needs a namespace asks the
   * model for one, and ids reach everything of the tenant: only for agents that may see all of it.
   */
  readonly namespace?: string;
  /** All eight if left out. */
  readonly only?: readonly MemoryToolName[];
}

/** A tool for any framework: a name, words for the model, a schema, a function. */
export interface MemoryTool {
  readonly name: MemoryToolName;
  readonly title: string;
  readonly description: string;
  readonly schema: z.ZodObject;
  readonly isReadOnly: boolean;
  /** It takes something away; everything that these tools take away can be restored. */
  readonly isDestructive: boolean;
  /** Never rejects: what went wrong is a text that says what to do. */
  run(input: unknown): Promise<Answer>;
}

/** The memory as tools, with ids and dates in every answer, so that a model can correct what it finds. */
export function memoryTools(memory: MemoryService, options: MemoryToolsOptions = {}): readonly MemoryTool[] {
  const only = options.only ?? memoryToolNames;
  return only.map((name) => toolOf(name, actionsOn(memory, options.namespace), options));
}

export const memoryToolNames: readonly MemoryToolName[] = [
  'add_memory',
  'search_memory',
  'get_memory',
  'list_memories',
  'update_memory',
  'delete_memory',
  'get_context',
  'memory_history',
];

/** The namespace comes from the host, or from the model's input where the host named none. */
type Actions = {
  readonly [Name in MemoryToolName]: (input: ToolInput<Name>, namespace: string) => Promise<Answer>;
};

function toolOf<Name extends MemoryToolName>(
  name: Name,
  actions: Actions,
  { namespace }: MemoryToolsOptions,
): MemoryTool {
  const words = toolWords[name];
  const asksForNamespace = namespace === undefined && words.isOfNamespace;
  const schema: z.ZodObject = asksForNamespace
    ? toolSchemas[name].extend({ namespace: namespaceField })
    : toolSchemas[name];
  return {
    name,
    title: words.title,
    description: words.description,
    schema,
    isReadOnly: words.isReadOnly,
    isDestructive: words.isDestructive,
    async run(input) {
      try {
        const asked = asksForNamespace ? z.object({ namespace: namespaceField }).parse(input).namespace : namespace;
        // The schema of this very name gives the input of this very action.
        const parsed = toolSchemas[name].parse(input) as ToolInput<Name>;
        return await actions[name](parsed, asked ?? '');
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

function actionsOn(memory: MemoryService, bound: string | undefined): Actions {
  return {
    async add_memory({ text, timestamp, tags }, namespace) {
      const { memories } = await memory.add({
        namespace,
        text,
        origin: 'agent',
        ...(timestamp !== undefined && { timestamp }),
        ...(tags !== undefined && { tags }),
      });
      return memoriesAnswer(await Promise.all(memories.map(({ id }) => memory.get(id))), 'stored');
    },
    async search_memory({ query, limit, as_of: asOf }, namespace) {
      const found = await memory.search({
        namespace,
        query,
        ...(limit !== undefined && { limit }),
        ...(asOf !== undefined && { asOf }),
      });
      const rest = { confidence: Number(found.confidence.toFixed(2)), ...degradedOf(found.degraded) };
      return memoriesAnswer(
        found.hits.map((hit) => hit.memory),
        'memories',
        rest,
      );
    },
    async get_memory({ id }) {
      return memoriesAnswer([await ownMemory(id)], 'memory');
    },
    async list_memories({ limit, cursor }, namespace) {
      const page = await memory.list({
        namespace,
        ...(limit !== undefined && { limit }),
        ...(cursor !== undefined && { cursor }),
      });
      return memoriesAnswer(page.data, 'memories', { next_cursor: page.nextCursor });
    },
    async update_memory({ id, text, tags, valid_until: invalidAt }) {
      if (text === undefined && tags === undefined && invalidAt === undefined) {
        throw new EcphoryError('invalid', 'Nothing to change: give text, tags or valid_until.');
      }
      await ownMemory(id);
      const updated = await memory.update(id, {
        ...(text !== undefined && { text }),
        ...(tags !== undefined && { tags }),
        ...(invalidAt !== undefined && { invalidAt }),
      });
      return memoriesAnswer([updated], 'updated');
    },
    async delete_memory({ id }) {
      const before = await ownMemory(id);
      const { state } = await memory.delete(id);
      return answerOf({ id, state, note: 'It is out of recall. A person can restore it.' }, [before]);
    },
    async get_context({ query, max_tokens: maxTokens }, namespace) {
      const { text, memories } = await memory.context({
        namespace,
        query,
        includeSources: true,
        ...(maxTokens !== undefined && { maxTokens }),
      });
      const found = await Promise.all(memories.map(({ id }) => memory.get(id)));
      return { text: text === '' ? 'Nothing is known about that.' : text, isError: false, memories: found };
    },
    async memory_history({ id }) {
      const now = await ownMemory(id);
      return historyAnswer(now, await memory.history(id));
    },
  };

  /** An id of another namespace looks like one that never was. */
  async function ownMemory(id: string): Promise<Memory> {
    const found = await memory.get(id);
    if (bound === undefined || found.namespace === bound.normalize('NFC')) return found;
    throw new EcphoryError('not_found', 'There is no memory with this id.');
  }
}

function degradedOf(degraded: readonly string[]): { readonly degraded?: readonly string[] } {
  return degraded.length === 0 ? {} : { degraded };
}

interface ToolWords {
  readonly title: string;
  readonly description: string;
  readonly isReadOnly: boolean;
  readonly isDestructive: boolean;
  /** It reads or writes a namespace, rather than one memory by its id. */
  readonly isOfNamespace: boolean;
}

const reading = { isReadOnly: true, isDestructive: false };
const writing = { isReadOnly: false, isDestructive: false };

const toolWords: { readonly [Name in MemoryToolName]: ToolWords } = {
  add_memory: {
    title: 'Add a memory',
    description:
      'Remember something for later conversations: a fact, a preference, a decision, an event. One thing at a time. To correct what is remembered already, update it instead.',
    isOfNamespace: true,
    ...writing,
  },
  search_memory: {
    title: 'Search memory',
    description:
      'Find what is remembered, best first, each with its id and dates. confidence says how likely the memory holds an answer at all: below 0.3 rather say that you do not know.',
    isOfNamespace: true,
    ...reading,
  },
  get_memory: { title: 'Get a memory', description: 'One memory by its id.', isOfNamespace: false, ...reading },
  list_memories: {
    title: 'List memories',
    description: 'Everything remembered, newest first, a page at a time. To find something, search instead.',
    isOfNamespace: true,
    ...reading,
  },
  update_memory: {
    title: 'Update a memory',
    description:
      'Correct a memory, or say that it is no longer true (valid_until). The old version stays in its history. Search for its id first.',
    isOfNamespace: false,
    ...writing,
  },
  delete_memory: {
    title: 'Delete a memory',
    description:
      'Take one memory out of recall, when the user asks to forget it or it was never true. It can be restored. For what was true once, use update_memory with valid_until.',
    isOfNamespace: false,
    isReadOnly: false,
    isDestructive: true,
  },
  get_context: {
    title: 'Get context',
    description: 'What is remembered about a question, as one text with dates, ready to read.',
    isOfNamespace: true,
    ...reading,
  },
  memory_history: {
    title: 'History of a memory',
    description: 'Every version of one memory, oldest first.',
    isOfNamespace: false,
    ...reading,
  },
};
