import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type ClientOptions, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { runCommand } from '../../src/cli/command.ts';
import { loadConfig } from '../../src/config.ts';
import { startServer } from '../../src/server.ts';

/** The two eras of the protocol, as a client asks for them. */
export const eras: readonly (readonly [string, ClientOptions])[] = [
  ['2025', {}],
  ['2026-07-28', { versionNegotiation: { mode: { pin: '2026-07-28' } } }],
];

export interface McpServer {
  readonly url: string;
  readonly key: string;
  /** Of another tenant. */
  readonly strangerKey: string;
  /** What was logged at `error`. */
  readonly failures: readonly object[];
  close(): Promise<void>;
}

/** The real server over a database of its own, with keys of two tenants. */
export async function openMcpServer(environment: Readonly<Record<string, string>> = {}): Promise<McpServer> {
  const folder = await mkdtemp(join(tmpdir(), 'ecphory-mcp-'));
  const database = join(folder, 'memory.db');
  const key = `ecphory_ourkey01_${'a'.repeat(43)}`;
  const config = loadConfig(
    { port: '0', database },
    { ECPHORY_API_KEY: key, ECPHORY_LOG_LEVEL: 'silent', ...environment },
  );
  const quiet = () => {};
  const failures: object[] = [];
  const log = { debug: quiet, info: quiet, warn: quiet, error: (fields: object) => failures.push(fields) };
  // Keys are made while no server runs.
  await (await startServer(config, { log })).close();
  let strangerKey = '';
  await runCommand(['keys', 'create', '--tenant', 'stranger', '--database', database], {
    write: (text) => {
      strangerKey += text.trim();
    },
    writeError: quiet,
    stopRequested: Promise.resolve(),
    environment: {},
  });
  const server = await startServer(config, { log });
  return {
    url: server.url,
    key,
    strangerKey,
    failures,
    async close() {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

export async function connectOverHttp(
  server: { readonly url: string },
  key: string,
  options: ClientOptions = {},
  path = '/mcp',
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' }, options);
  const headers = { Authorization: `Bearer ${key}` };
  await client.connect(new StreamableHTTPClientTransport(new URL(server.url + path), { requestInit: { headers } }));
  return client;
}

export interface ToolAnswer {
  readonly isError: boolean;
  readonly text: string;
  readonly structured: Record<string, unknown>;
}

export async function call(client: Client, name: string, given: Record<string, unknown> = {}): Promise<ToolAnswer> {
  const result = await client.callTool({ name, arguments: given });
  const [first] = result.content;
  return {
    isError: result.isError === true,
    text: first?.type === 'text' ? first.text : '',
    structured: (result.structuredContent ?? {}) as Record<string, unknown>,
  };
}
