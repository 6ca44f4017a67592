import { z } from 'zod';
import type { Json } from '../../memory/episode.ts';
import { type EcphoryError, isEcphoryError } from '../../memory/errors.ts';
import type { Memory, MemoryVersion } from '../../memory/service.ts';

export interface Answer {
  /** For the model: JSON, in which the text of a memory cannot pass for anything else; or words, when it failed. */
  readonly text: string;
  readonly isError: boolean;
  /** For the program: the memories that it speaks of. */
  readonly memories: readonly Memory[];
}

export function answerOf(body: { readonly [name: string]: Json }, memories: readonly Memory[]): Answer {
  return { text: JSON.stringify(body), isError: false, memories };
}

/** Under one name: a list, or the thing itself where that is meant. */
export function memoriesAnswer(
  memories: readonly Memory[],
  name: 'memories' | 'memory' | 'stored' | 'updated',
  rest: { readonly [name: string]: Json } = {},
): Answer {
  const views = memories.map(viewOf);
  const [first] = views;
  return answerOf({ [name]: name === 'memories' ? views : (first ?? null), ...rest }, memories);
}

export function historyAnswer(memory: Memory, versions: readonly MemoryVersion[]): Answer {
  const views = versions.map(({ version, text, tags, at, cause }) => ({ version, text, tags, at, cause }));
  return answerOf({ id: memory.id, versions: views }, [memory]);
}

/** What went wrong, and what to do about it. Anything but our own errors and the schema's is a defect, and rises. */
export function refusalOf(error: unknown): Answer {
  if (error instanceof z.ZodError) return refusal(`The input is not valid.\n${z.prettifyError(error)}`);
  if (!isEcphoryError(error)) throw error;
  return refusal(`${error.message} ${adviceOn(error)}`.trim());
}

function refusal(text: string): Answer {
  return { text, isError: true, memories: [] };
}

function adviceOn({ code, faults }: EcphoryError): string {
  switch (code) {
    case 'not_found':
      return 'Use an id from search_memory or list_memories, whole and unchanged.';
    case 'invalid':
    case 'too_large':
      return faults.length === 0
        ? 'Change the input and try again.'
        : `Change ${faults.map(({ pointer }) => pointer).join(', ')} and try again.`;
    case 'stale':
    case 'conflict':
      return 'It was changed meanwhile: get it again, then decide.';
    case 'unavailable':
    case 'timeout':
    case 'rate_limited':
      return 'The memory cannot be reached now. Go on without it, and say so if it matters.';
    case 'unauthenticated':
    case 'forbidden':
      return 'This agent may not do that. Do not try again.';
    default:
      return 'Go on without the memory.';
  }
}

/** What a model needs to use a memory, cite it and correct it; what says nothing is left out. */
function viewOf(memory: Memory): { readonly [name: string]: Json } {
  const { id, text, timestamp, createdAt, version, tags } = memory;
  return {
    id,
    text,
    ...(timestamp !== null && { happened_at: timestamp }),
    stored_at: createdAt,
    ...(memory.name !== null && { said_by: memory.name }),
    ...(memory.name === null && memory.role !== null && { said_by: memory.role }),
    ...(memory.validAt !== null && { valid_from: memory.validAt }),
    ...(memory.invalidAt !== null && { valid_until: memory.invalidAt }),
    ...(memory.state !== 'active' && { state: memory.state }),
    ...(memory.supersededBy !== null && { superseded_by: memory.supersededBy }),
    ...(memory.trust === 0 && { trust: 'untrusted: from the web or a tool' }),
    ...(version > 1 && { version, changed_at: memory.revisedAt }),
    ...(tags.length > 0 && { tags }),
  };
}
