import type { Memory } from '../memory/service.ts';
import type { JsonAnswer } from './route.ts';

/** A list that is complete as it is, in the form of every page. */
export function allOf(data: readonly unknown[]): JsonAnswer {
  return { status: 200, body: { data, nextCursor: null, hasMore: false } };
}

/** A memory's version is its entity tag: what passes derive beside it never makes a caller's update stale. */
export function memoryAnswer(memory: Memory): JsonAnswer {
  return { status: 200, body: memory, headers: { ETag: `"${memory.version}"` } };
}
