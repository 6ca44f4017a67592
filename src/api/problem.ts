import type { IncomingMessage, ServerResponse } from 'node:http';
import { EcphoryError, type Fault, isEcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { errorStatus, errorTitle } from '../sdk/error-status.ts';
import { closeAfterAnswer, hasBody } from './body.ts';
import { HttpRefusal } from './http-refusal.ts';
import type { Log } from './log.ts';

/** Problem details of RFC 9457, plus our code, the request's id, and what was wrong where. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly instance: string;
  readonly request_id: string;
  readonly errors: readonly Fault[];
  /** Why the server is not ready. */
  readonly reasons?: readonly string[];
}

/** The error as a problem. Whatever is not ours, or is `internal`, says nothing of what happened inside. */
export function problemOf(error: unknown, at: { readonly instance: string; readonly requestId: string }): Problem {
  const known = knownError(error);
  return {
    type: `urn:ecphory:error:${known.code}`,
    title: errorTitle[known.code],
    status: known instanceof HttpRefusal ? known.status : errorStatus[known.code],
    detail: known.message,
    code: known.code,
    instance: at.instance,
    request_id: at.requestId,
    errors: known.faults.slice(0, limits.faultsPerProblem),
  };
}

/** Answers with the problem, and logs what the caller is not told. */
export function sendProblem(request: IncomingMessage, response: ServerResponse, error: unknown, log: Log): void {
  const requestId = String(response.getHeader('X-Request-Id') ?? '');
  const problem = problemOf(error, { instance: pathOf(request), requestId });
  if (problem.status === 500) log.error({ err: error, request_id: requestId }, 'a request failed');
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = knownError(error);
  if (known instanceof HttpRefusal) {
    for (const [name, value] of Object.entries(known.headers)) response.setHeader(name, value);
  }
  if (known.code === 'unauthenticated') response.setHeader('WWW-Authenticate', 'Bearer realm="ecphory"');
  if (known.retryAfterMs !== null) response.setHeader('Retry-After', String(Math.ceil(known.retryAfterMs / 1000)));
  if (hasBody(request) && !request.complete) closeAfterAnswer(request, response);
  sendProblemBody(response, problem);
}

export function sendProblemBody(response: ServerResponse, problem: Problem): void {
  const body = JSON.stringify(problem);
  response.setHeader('Content-Type', 'application/problem+json');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.statusCode = problem.status;
  response.end(body);
}

export function pathOf(request: IncomingMessage): string {
  const url = request.url ?? '/';
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

function knownError(error: unknown): EcphoryError {
  if (isEcphoryError(error) && error.code !== 'internal') return error;
  // Express refuses a path whose escapes are not UTF-8 with a plain error that has a status.
  if (error instanceof Error && 'status' in error && error.status === 400) {
    return new EcphoryError('invalid', 'The address is not valid.');
  }
  return new EcphoryError('internal', 'Something went wrong inside. The log has more under this request id.');
}
