import { type BaseMessage, SystemMessage } from '@langchain/core/messages';
import { createMiddleware } from 'langchain';
import { z } from 'zod';
import { EcphoryError, isEcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import type { AddMessagesInput, ContextInput, MemoryService } from '../../memory/service.ts';
import { namespaceLabel } from '../memory-tools/namespace-label.ts';
import type { MemoryToolName } from '../memory-tools/tools.ts';
import { textOf } from './message.ts';
import { newRecallPerRun } from './recall-per-run.ts';
import { newMemoryTools } from './tools.ts';
import { rememberedTurn, type Turn } from './turn.ts';
import { newTurnQueue } from './turn-queue.ts';

export interface MemoryMiddlewareOptions extends Pick<ContextInput, 'maxTokens' | 'filter' | 'gate'> {
  readonly memory: MemoryService;
  /**
   * Whose memory; or made from the user's id, which comes as a label that can stand in a namespace. `users/<label>` if
   * left out.
   */
  readonly namespace?: string | ((userLabel: string) => string);
  /** For an agent of one user. Otherwise it is invoked with `context: { userId }`. */
  readonly userId?: string;
  /** Tools that the agent gets; four if left out, `[]` for none. */
  readonly tools?: readonly MemoryToolName[];
  /** Whether what the user and the agent say is remembered; true if left out. */
  readonly remembersTurns?: boolean;
  /** Told when nothing could be recalled or remembered; the agent goes on. `console.warn` if left out. */
  readonly onFailure?: (message: string, error: unknown) => void;
}

/**
 * Long-term memory for `createAgent`. Once per run, what is known about the user's message is recalled, and stands at
 * the end of the system message of every call of the model: it is in no state and no checkpoint, and what comes before
 * it can be cached. After the run, what the user and the agent said is remembered, without anybody waiting for it:
 * before the process ends, await `settled()`. An agent whose memory does not answer goes on without.
 */
export function memoryMiddleware(options: MemoryMiddlewareOptions) {
  const { memory } = options;
  const tellFailure = options.onFailure ?? ((message, error) => console.warn(message, error));
  const recalls = newRecallPerRun(recalled);
  const queue = newTurnQueue((error) => tellFailure('A turn was not remembered.', error));

  const middleware = createMiddleware({
    name: 'EcphoryMemory',
    contextSchema: z.object({ userId: z.string().optional() }),
    tools: newMemoryTools(memory, {
      namespace: ({ context }) => namespaceOf(options, context),
      only: options.tools ?? ['add_memory', 'search_memory', 'update_memory', 'delete_memory'],
    }),
    beforeAgent: async ({ messages }, { context }) => {
      await recalls.recall(namespaceOf(options, context), lastOfUser(messages));
    },
    wrapModelCall: async (request, handler) => {
      // A run that goes on after an interruption, in another process, recalls here.
      const text = await recalls.recall(namespaceOf(options, request.runtime.context), lastOfUser(request.messages));
      if (text === '') return handler(request);
      return handler({ ...request, systemMessage: withText(request.systemMessage, text) });
    },
    afterAgent: ({ messages }, runtime) => {
      const namespace = namespaceOf(options, runtime.context);
      recalls.forget(namespace, lastOfUser(messages));
      const turn = options.remembersTurns === false ? null : rememberedTurn(messages);
      if (turn === null) return;
      const sessionId = runtime.configurable?.thread_id;
      queue.enqueue(() => remember(memory, { namespace, ...(sessionId !== undefined && { sessionId }) }, turn));
    },
  });
  return { ...middleware, settled: queue.settled };

  async function recalled(namespace: string, said: BaseMessage): Promise<string> {
    const query = textOf(said);
    if (query === '') return '';
    try {
      const { maxTokens, filter, gate } = options;
      const found = await withinMs(
        limits.agentRecallMs,
        memory.context({
          namespace,
          query,
          ...(maxTokens !== undefined && { maxTokens }),
          ...(filter !== undefined && { filter }),
          ...(gate !== undefined && { gate }),
        }),
      );
      return found.text;
    } catch (error) {
      tellFailure('Nothing was recalled; the agent goes on without its memory.', error);
      return '';
    }
  }
}

async function remember(memory: MemoryService, where: Omit<AddMessagesInput, 'messages'>, turn: Turn): Promise<void> {
  const input = { ...where, messages: turn.messages };
  if (turn.idempotencyKey === null) {
    await memory.add(input);
    return;
  }
  try {
    await memory.add(input, { idempotencyKey: turn.idempotencyKey });
  } catch (error) {
    // An application that counts the messages of each conversation from 1 gives two turns the same ids.
    if (!isEcphoryError(error) || error.code !== 'key_reused') throw error;
    await memory.add(input);
  }
}

function lastOfUser(messages: readonly BaseMessage[]): BaseMessage | null {
  return messages.findLast((message) => message.type === 'human') ?? null;
}

function namespaceOf({ namespace, userId }: MemoryMiddlewareOptions, context: unknown): string {
  if (typeof namespace === 'string') return namespace;
  const id = userId ?? contextShape.safeParse(context).data?.userId;
  if (id === undefined) {
    throw new EcphoryError(
      'invalid',
      'Nobody said whose memory it is: invoke the agent with context: { userId }, or give memoryMiddleware a namespace or userId.',
    );
  }
  const label = namespaceLabel(id);
  return namespace === undefined ? `users/${label}` : namespace(label);
}

const contextShape = z.object({ userId: z.string().min(1) });

function withText(systemMessage: SystemMessage, text: string): SystemMessage {
  const { content } = systemMessage;
  if (typeof content === 'string') return new SystemMessage(content === '' ? text : `${content}\n\n${text}`);
  // The parts before, with their marks for a cache, stay as they are.
  return new SystemMessage({ content: [...content, { type: 'text', text: `\n\n${text}` }] });
}

async function withinMs<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new EcphoryError('timeout', `No answer within ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
