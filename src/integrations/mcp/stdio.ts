import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import { limits } from '../../memory/limits.ts';
import { type McpServing, namespaceDefault, newMcpServer } from './server.ts';

export interface StdioServing extends Omit<McpServing, 'namespace'> {
  /** Null for `default`. */
  readonly namespace: string | null;
}

export interface StdioConnection {
  /** Resolves when the host has closed its end, or `close` was called. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** Serves one host over this process's standard input and output. Nothing else may write to standard output. */
export function serveMcpOverStdio(parts: StdioServing): StdioConnection {
  const transport = new StdioServerTransport(undefined, undefined, { maxBufferSize: limits.bodyBytes });
  const closeTransport = transport.close.bind(transport);
  const ended = new Promise<void>((resolve) => {
    // Every way in which it ends leads through `close`; its own callback belongs to the library.
    transport.close = async () => {
      await closeTransport();
      resolve();
    };
  });
  const serving = { ...parts, namespace: parts.namespace ?? namespaceDefault };
  const handle = serveStdio(() => newMcpServer(serving), { transport, maxSubscriptions: 0 });
  return { ended, close: () => handle.close() };
}
