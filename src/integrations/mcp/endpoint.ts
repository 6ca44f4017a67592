import {
  createMcpHandler,
  localhostAllowedHostnames,
  validateHostHeader,
  validateOriginHeader,
} from '@modelcontextprotocol/server';
import type { Json } from '../../memory/episode.ts';
import type { MemoryService } from '../../memory/service.ts';
import { namespaceDefault, newMcpServer } from './server.ts';

export interface McpEndpointOptions {
  /** Host names that a request may be sent to, and a page that sends it may come from, beside those of this machine. */
  readonly hosts: readonly string[];
  readonly version: string;
  readonly onFailure: (cause: unknown) => void;
}

export interface McpCall {
  /** Of the tenant that the key names. */
  readonly memory: MemoryService;
  /** Null for `default`. */
  readonly namespace: string | null;
  readonly body: Json;
}

/** MCP over streamable HTTP, without Express: the caller has checked the key and read the body. */
export interface McpEndpoint {
  /** Why requests with these headers are not answered, null when they are. */
  refusal(headers: { readonly host?: string | undefined; readonly origin?: string | undefined }): string | null;
  /** Both eras of the protocol: with the envelope of 2026-07-28, and as the revisions of 2025 without a session. */
  answer(request: Request, call: McpCall): Promise<Response>;
}

/** Holds nothing between requests: each has a server of its own, made over one tenant's memory. */
export function newMcpEndpoint({ hosts, version, onFailure }: McpEndpointOptions): McpEndpoint {
  const allowed = [...localhostAllowedHostnames(), ...hosts];
  return {
    refusal({ host, origin }) {
      if (!validateHostHeader(host, allowed).ok) {
        return 'This server does not answer to that Host. Name it in ECPHORY_ALLOWED_HOSTS if it is right.';
      }
      if (!validateOriginHeader(origin, allowed).ok) {
        return 'This server does not answer pages of that Origin. Name its host in ECPHORY_ALLOWED_HOSTS if it is right.';
      }
      return null;
    },

    answer(request, { memory, namespace, body }) {
      const serving = { memory, namespace: namespace ?? namespaceDefault, version, onFailure };
      // Nothing here ever changes, so nobody may hold a stream open to hear of it.
      const handler = createMcpHandler(() => newMcpServer(serving), { maxSubscriptions: 0 });
      return handler.fetch(request, { parsedBody: body });
    },
  };
}
