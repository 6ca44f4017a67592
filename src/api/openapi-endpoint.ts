import { z } from 'zod';
import type { KeyScope } from '../memory/access.ts';

/** What one method on one address takes and gives: a line of the document, and what the tests hold the server to. */
export interface Endpoint {
  /** Its `operationId`: the method of the client that asks for it, where there is one. */
  readonly id: string;
  readonly room: Room;
  readonly summary: string;
  readonly detail?: string;
  /** What the key must be allowed; null when none is needed. */
  readonly scope: KeyScope | null;
  /** The parameters of the query string. */
  readonly query?: z.ZodObject;
  readonly headers?: readonly HeaderName[];
  readonly body?: Body;
  /** By status, without the problems. */
  readonly answers: Readonly<Record<number, AnswerShape>>;
  /** Beyond those that any endpoint of its form may give; see `problemStatuses`. */
  readonly problems?: readonly number[];
}

export type Room =
  | 'Memories'
  | 'Recall'
  | 'Facts and entities'
  | 'Upkeep'
  | 'Background work'
  | 'Events'
  | 'Keys'
  | 'Server';

export type HeaderName = 'Idempotency-Key' | 'If-Match' | 'Last-Event-ID';

export interface Body {
  readonly schema: z.ZodType;
  /** JSON if left out. */
  readonly contentType?: string;
  /** When nothing need be said. */
  readonly isOptional?: boolean;
}

export interface AnswerShape {
  readonly description: string;
  /** Of the body; null when that is no JSON. */
  readonly schema: z.ZodType | null;
  /** JSON if left out. */
  readonly contentType?: string;
  readonly headers?: readonly ('ETag' | 'Location')[];
}

/** `GET /v1/memories/:id`, the address as Express takes it. */
export type Endpoints = Readonly<Record<string, Endpoint>>;

/** A list in the form of every page. */
export function pageOf(item: z.ZodType): z.ZodType {
  return z.object({
    data: z.array(item),
    next_cursor: z.string().nullable(),
    has_more: z.boolean(),
  });
}

/**
 * Every status of a problem that an endpoint may answer with. What follows from its form is said here once: a key can be
 * missing or too fast, an id unknown, a body too large or not JSON, a repeat in flight, a version stale.
 */
export function problemStatuses(
  route: string,
  { scope, body, headers = [], problems = [] }: Endpoint,
): readonly number[] {
  const statuses = new Set([500, ...problems]);
  if (scope !== null) for (const status of [400, 401, 403, 429, 503]) statuses.add(status);
  if (route.includes('/:id')) statuses.add(404);
  if (body !== undefined) for (const status of [413, 415]) statuses.add(status);
  if (scope !== null && !route.startsWith('GET ')) statuses.add(507);
  if (headers.includes('Idempotency-Key')) for (const status of [409, 422]) statuses.add(status);
  if (headers.includes('If-Match')) statuses.add(412);
  return [...statuses].sort((left, right) => left - right);
}
