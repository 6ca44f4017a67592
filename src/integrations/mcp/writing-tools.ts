import { z } from 'zod';
import { type Metadata, roles } from '../../memory/episode.ts';
import { EcphoryError } from '../../memory/errors.ts';
import type { Memory, MemoryService, UpdateInput } from '../../memory/service.ts';
import { fenced, memoryEntry } from './fenced.ts';
import { argument, given } from './given.ts';
import { wholeMemoryShape, wholeMemoryView } from './memory-view.ts';
import { newTool, type Tool } from './tool.ts';

const tags = z.array(z.string()).optional().describe('A few words to find it by.');
const metadata = z.record(z.string(), z.unknown()).optional().describe('Your own fields, for filters.');

export const writingTools: readonly Tool[] = [
  newTool(
    'add_memory',
    {
      title: 'Add a memory',
      description:
        'Remembers a text verbatim, for good. One self-contained statement or message each, with names instead of pronouns. What is already known is better changed with update_memory.',
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
      input: z.strictObject({
        text: z.string(),
        namespace: argument.namespace,
        timestamp: argument.time.optional().describe('When it happened, ISO 8601; now if left out.'),
        name: z.string().optional().describe('Who said it.'),
        role: z.enum(roles).optional(),
        place: z.string().optional(),
        session_id: z.string().optional().describe('The conversation it belongs to.'),
        tags,
        metadata,
        origin: z
          .enum(['user', 'agent', 'tool', 'web'])
          .optional()
          .describe(
            'Where it comes from: user only for what the user said themselves; tool and web are trusted least. agent if left out.',
          ),
      }),
      output: z.object({
        id: z.string(),
        episode_id: z.string(),
        namespace: z.string(),
        embedding: z.string().describe('pending: found by words at once, by meaning soon.'),
      }),
    },
    async (
      { memory, namespace: usual },
      { namespace = usual, text, session_id: sessionId, metadata: fields, origin = 'agent', ...details },
    ) => {
      const result = await memory.add({
        namespace,
        text,
        origin,
        ...given({ ...details, sessionId, metadata: fields as Metadata | undefined }),
      });
      const [added] = result.memories;
      if (added === undefined) throw new Error('An add stored nothing.');
      return {
        structured: { id: added.id, episode_id: added.episodeId, namespace, embedding: result.embedding },
        text: `Remembered in ${namespace} as ${added.id}.`,
      };
    },
  ),

  newTool(
    'update_memory',
    {
      title: 'Update a memory',
      description:
        'Corrects a memory; the earlier version stays in its history. Give what is to change. invalid_at says that it stopped being true; restore brings back what was deleted.',
      annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
      input: z.strictObject({
        id: argument.id,
        text: z.string().optional(),
        tags,
        metadata,
        valid_at: argument.time.nullable().optional().describe('Since when it is true, ISO 8601; null for unknown.'),
        invalid_at: argument.time
          .nullable()
          .optional()
          .describe('Since when it is no longer true, ISO 8601; null when it still is.'),
        restore: z.literal(true).optional().describe('Bring it back into recall.'),
        if_version: argument.ifVersion,
      }),
      output: z.object(wholeMemoryShape),
    },
    async (
      { memory },
      { id, valid_at: validAt, invalid_at: invalidAt, metadata: fields, restore, if_version, ...rest },
    ) => {
      const changes = given({ ...rest, validAt, invalidAt, metadata: fields as Metadata | undefined });
      const view = wholeMemoryView(await updated(memory, { id, changes, ifVersion: if_version, isRestored: restore }));
      return { structured: view, text: `It is at version ${view.version} now.\n${fenced([memoryEntry(view)])}` };
    },
  ),

  newTool(
    'delete_memory',
    {
      title: 'Delete a memory',
      description:
        'Takes one memory out of recall. It is archived: update_memory with restore brings it back. Erasing for good is left to the user.',
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
      input: z.strictObject({ id: argument.id, if_version: argument.ifVersion }),
      output: z.object({ id: z.string(), state: z.string() }),
    },
    async ({ memory }, { id, if_version }) => {
      const { state } = await memory.delete(id, given({ ifVersion: if_version }));
      return { structured: { id, state }, text: `${id} is ${state}; update_memory with restore brings it back.` };
    },
  ),
];

interface Update {
  readonly id: string;
  readonly changes: UpdateInput;
  readonly ifVersion: number | undefined;
  readonly isRestored: boolean | undefined;
}

/** Changed before it is restored: when the change is refused, nothing has happened. */
async function updated(memory: MemoryService, { id, changes, ifVersion, isRestored }: Update): Promise<Memory> {
  const isChanged = Object.keys(changes).length > 0;
  if (isRestored !== true || isChanged) {
    const changed = await memory.update(id, changes, given({ ifVersion }));
    return isRestored === true ? memory.restore(id) : changed;
  }
  const { version } = await memory.get(id);
  if (ifVersion !== undefined && ifVersion !== version) {
    throw new EcphoryError('stale', `The memory is at version ${version}, not ${ifVersion}.`);
  }
  return memory.restore(id);
}
