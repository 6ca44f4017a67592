import { lookup as systemLookup } from 'node:dns';
import { type ClientRequest, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { limits } from '../memory/limits.ts';
import { isPrivateAddress } from './private-address.ts';

export interface Posted {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Stops it. */
  readonly signal: AbortSignal;
}

/** What came of it: what was answered, or why nothing was. Never rejects. */
export type PostOutcome =
  | { readonly status: number; readonly error: null }
  | { readonly status: null; readonly error: string };

export type Post = (posted: Posted) => Promise<PostOutcome>;

export interface PostOptions {
  /** Whether addresses of this machine and its network may be reached, and plain http. */
  readonly isPrivateAllowed: boolean;
  readonly timeoutMs?: number;
  /** The system's own when left out. */
  readonly lookup?: LookupFunction;
}

/**
 * Posts to an address that a stranger chose. The name is resolved once, every address that it has must be public, and the
 * connection goes to one of those: there is no second look that could be answered otherwise. No redirect is followed, no proxy
 * is used, no connection is kept, and of the answer no more than a few bytes are read.
 */
export function newPost({ isPrivateAllowed, timeoutMs = limits.webhookTimeoutMs, lookup }: PostOptions): Post {
  const resolve = lookup ?? (systemLookup as LookupFunction);

  return ({ url, headers, body, signal }) =>
    new Promise((settle) => {
      const problem = addressProblem(url, isPrivateAllowed);
      if (problem !== null) {
        settle({ status: null, error: problem });
        return;
      }
      const target = new URL(url);
      const send = target.protocol === 'https:' ? httpsRequest : httpRequest;
      const options: RequestOptions = {
        method: 'POST',
        agent: false,
        lookup: isPrivateAllowed ? resolve : publicOnly(resolve),
        headers: {
          ...headers,
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          'User-Agent': 'ecphory-webhooks',
          Connection: 'close',
        },
      };
      const request: ClientRequest = send(target, options);
      const end = (outcome: PostOutcome) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        request.destroy();
        settle(outcome);
      };
      const timer = setTimeout(() => end({ status: null, error: `No answer came within ${timeoutMs} ms.` }), timeoutMs);
      const abort = () => end({ status: null, error: 'The server was shutting down.' });
      signal.addEventListener('abort', abort, { once: true });
      if (signal.aborted) abort();
      request.on('error', (error) => end({ status: null, error: reasonOf(error) }));
      request.on('response', (response) => {
        const outcome: PostOutcome = { status: response.statusCode ?? 0, error: null };
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > limits.webhookAnswerBytes) end(outcome);
        });
        response.on('end', () => end(outcome));
        response.on('error', () => end(outcome));
      });
      request.end(body);
    });
}

/** Why nothing may be sent there, or null. What a name resolves to is checked when it is sent. */
export function addressProblem(url: string, isPrivateAllowed: boolean): string | null {
  if (!URL.canParse(url)) return 'It is not a URL.';
  const { protocol, username, password, hostname, hash } = new URL(url);
  if (protocol !== 'https:' && !(protocol === 'http:' && isPrivateAllowed)) return 'The URL begins with https://.';
  if (username !== '' || password !== '') return 'The URL holds no name and no password.';
  if (hash !== '') return 'The URL holds no fragment.';
  if (isPrivateAllowed) return null;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) !== 0) return isPrivateAddress(host) ? refusal : null;
  return /(?:^|\.)(?:localhost|local|internal|home\.arpa)\.?$/i.test(host) || !host.includes('.') ? refusal : null;
}

const refusal = 'The address is of this machine or its network, which webhooks do not reach.';

/** All of a name's addresses are looked at: one that is private among public ones is an attempt. */
function publicOnly(resolve: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found, family) => {
      const addresses = Array.isArray(found) ? found : [{ address: found, family: family ?? 4 }];
      const [first] = addresses;
      if (error !== null) callback(error, '', 0);
      else if (first === undefined || addresses.some(({ address }) => isPrivateAddress(address))) {
        callback(new Error(refusal), '', 0);
      } else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** Without what an endpoint may have put into it. */
function reasonOf(error: Error & { readonly code?: string }): string {
  if (error.message === refusal) return refusal;
  return error.code === undefined ? 'The request failed.' : `The request failed: ${error.code.slice(0, 64)}.`;
}
