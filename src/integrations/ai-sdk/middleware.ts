import { z } from 'zod';
import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import type { ContextInput, MemoryService } from '../../memory/service.ts';
import { newTurnQueue } from '../langchain/turn-queue.ts';
import { namespaceLabel } from '../memory-tools/namespace-label.ts';
import { type Heard, heardStream } from './heard-stream.ts';
import { type ModelCall, type ModelMiddleware, type PromptMessage, textOf } from './model-call.ts';
import { newRecallPerRun, withinMs } from './recall.ts';
import { isFirstCall, lastSaid, newMessages } from './turn.ts';

export interface MemoryMiddlewareOptions extends Pick<ContextInput, 'maxTokens' | 'filter' | 'gate'> {
  readonly memory: MemoryService;
  /**
   * Whose memory; or made from the user's id, which comes as a label that can stand in a namespace. `users/<label>` if
   * left out.
   */
  readonly namespace?: string | ((userLabel: string) => string);
  /** For a model of one user. Otherwise each call has `providerOptions: { ecphory: { userId } }`. */
  readonly userId?: string;
  /** The conversation, unless a call says another: `providerOptions: { ecphory: { sessionId } }`. */
  readonly sessionId?: string;
  /** Whether what the user and the model say is remembered; true if left out. */
  readonly remembersTurns?: boolean;
  /** Told when nothing could be recalled or remembered; the model goes on. `console.warn` if left out. */
  readonly onFailure?: (message: string, error: unknown) => void;
}

export interface MemoryMiddleware extends ModelMiddleware {
  /** When everything that was said so far is remembered. Before a process ends, wait for it. */
  settled(): Promise<void>;
}

/**
 * Long-term memory for a model of the AI SDK, for `wrapLanguageModel({ model, middleware })`. Before the model is called,
 * what is known about the user's message is recalled, and stands at the end of the system message; after it has
 * answered, what both said is remembered, without anybody waiting for it. A model whose memory does not answer goes on
 * without. Only a call of which nobody said whose it is fails, because the memory of a wrong user is worse than none.
 */
export function memoryMiddleware(options: MemoryMiddlewareOptions): MemoryMiddleware {
  const { memory } = options;
  const tellFailure = options.onFailure ?? ((message, error) => console.warn(message, error));
  const recalls = newRecallPerRun(recalled);
  const queue = newTurnQueue((error) => tellFailure('A turn was not remembered.', error));

  return {
    specificationVersion: 'v3',
    settled: queue.settled,
    async transformParams({ params }) {
      const about = { namespace: whoseIs(options, params).namespace, query: lastSaid(params.prompt) };
      const text = await recalls.recall(about, isFirstCall(params.prompt));
      return text === '' ? params : { ...params, prompt: withText(params.prompt, text) };
    },
    async wrapGenerate({ doGenerate, params }) {
      const result = await doGenerate();
      remember(params, { text: textOf(result), callsTool: result.content.some(isToolCall) });
      return result;
    },
    async wrapStream({ doStream, params }) {
      const result = await doStream();
      const stream = heardStream(result.stream, {
        isStopped: () => params.abortSignal?.aborted === true,
        onEnd: (heard) => remember(params, heard),
      });
      return { ...result, stream };
    },
  };

  async function recalled({ namespace, query }: { readonly namespace: string; readonly query: string }) {
    if (query === '') return '';
    try {
      const { maxTokens, filter, gate } = options;
      const found = await withinMs(
        limits.agentRecallMs,
        memory.context({
          namespace,
          query: query.toWellFormed().replaceAll('\0', ' ').slice(0, limits.queryCharacters),
          ...(maxTokens !== undefined && { maxTokens }),
          ...(filter !== undefined && { filter }),
          ...(gate !== undefined && { gate }),
        }),
      );
      return found.text;
    } catch (error) {
      tellFailure('Nothing was recalled; the model goes on without its memory.', error);
      return '';
    }
  }

  function remember(call: ModelCall, { text, callsTool }: Heard): void {
    const { namespace, sessionId } = whoseIs(options, call);
    if (!callsTool) recalls.forget({ namespace, query: lastSaid(call.prompt) });
    if (options.remembersTurns === false) return;
    const messages = newMessages(call, text);
    if (messages.length === 0) return;
    queue.enqueue(async () => {
      await memory.add({ namespace, messages, ...(sessionId !== undefined && { sessionId }) });
    });
  }
}

const callShape = z.object({ userId: z.string().min(1).optional(), sessionId: z.string().min(1).optional() });

/** @throws EcphoryError `invalid` */
function whoseIs(options: MemoryMiddlewareOptions, { providerOptions }: ModelCall) {
  const said = callShape.safeParse(providerOptions?.ecphory ?? {});
  if (!said.success) {
    throw new EcphoryError('invalid', `providerOptions.ecphory is not valid.\n${z.prettifyError(said.error)}`);
  }
  const sessionId = said.data.sessionId ?? options.sessionId;
  if (typeof options.namespace === 'string') return { namespace: options.namespace, sessionId };
  const userId = said.data.userId ?? options.userId;
  if (userId === undefined) {
    throw new EcphoryError(
      'invalid',
      'Nobody said whose memory it is: call with providerOptions: { ecphory: { userId } }, or give memoryMiddleware a namespace or userId.',
    );
  }
  const label = namespaceLabel(userId);
  return { namespace: options.namespace?.(label) ?? `users/${label}`, sessionId };
}

function isToolCall({ type }: { readonly type: string }): boolean {
  return type === 'tool-call';
}

/**
 * At the end of the last system message that opens the prompt, because some models take only one; in a message of its
 * own after one that is marked for a cache, so that the marked part stays the same.
 */
function withText(prompt: readonly PromptMessage[], text: string): PromptMessage[] {
  const end = prompt.findIndex(({ role }) => role !== 'system');
  const systems = end === -1 ? prompt : prompt.slice(0, end);
  const rest = prompt.slice(systems.length);
  const last = systems.at(-1);
  if (last === undefined || typeof last.content !== 'string' || last.providerOptions !== undefined) {
    return [...systems, { role: 'system', content: text }, ...rest];
  }
  return [...systems.slice(0, -1), { ...last, content: `${last.content}\n\n${text}` }, ...rest];
}
