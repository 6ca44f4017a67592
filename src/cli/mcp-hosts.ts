import { posix, win32 } from 'node:path';

/** Programs whose configuration we know how to write. */
export const mcpHosts = ['claude-code', 'claude-desktop', 'cursor', 'vscode'] as const;
export type McpHost = (typeof mcpHosts)[number];

/** Where a host looks, as far as the machine decides it. */
export interface HostPlace {
  readonly platform: string;
  readonly home: string;
  readonly folder: string;
}

/** The file in which a host names its MCP servers: of this folder for claude-code and vscode, else of this user. */
export function hostFile(host: McpHost, { platform, home, folder }: HostPlace): string {
  const { join } = platform === 'win32' ? win32 : posix;
  switch (host) {
    case 'claude-code':
      return join(folder, '.mcp.json');
    case 'vscode':
      return join(folder, '.vscode', 'mcp.json');
    case 'cursor':
      return join(home, '.cursor', 'mcp.json');
    case 'claude-desktop': {
      const name = 'claude_desktop_config.json';
      if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'Claude', name);
      if (platform === 'win32') return join(home, 'AppData', 'Roaming', 'Claude', name);
      return join(home, '.config', 'Claude', name);
    }
  }
}

/** How a host is to reach the memories. */
export type HostAccess =
  | { readonly kind: 'server'; readonly url: string; readonly namespace: string | null; readonly apiKey: string | null }
  | {
      readonly kind: 'database';
      readonly path: string;
      readonly namespace: string | null;
      readonly tenant: string | null;
    };

/** What starts `ecphory`: the program and what comes before `mcp`. */
export interface OwnCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** What is to be in a host's file. */
export interface HostEntry {
  /** The field that holds the servers by name. */
  readonly field: 'mcpServers' | 'servers';
  readonly server: Readonly<Record<string, unknown>>;
  /** What VS Code asks the user for once, and keeps as a secret. */
  readonly inputs: readonly Readonly<Record<string, unknown>>[];
  /** Whether the key itself would be written, because the host knows no other way. */
  readonly holdsKey: boolean;
}

/**
 * Hosts that can speak HTTP are given the server's address and name the key by reference; Claude Desktop starts
 * `ecphory mcp` with the key in its environment. Without a server each starts `ecphory mcp` on the database.
 */
export function hostEntry(host: McpHost, access: HostAccess, own: OwnCommand): HostEntry {
  const field = host === 'vscode' ? 'servers' : 'mcpServers';
  const plain = { field, inputs: [], holdsKey: false } as const;
  const namespaceArgs = access.namespace === null ? [] : ['--namespace', access.namespace];
  if (access.kind === 'database') {
    const tenantArgs = access.tenant === null ? [] : ['--tenant', access.tenant];
    const args = [...own.args, 'mcp', '--database', access.path, ...tenantArgs, ...namespaceArgs];
    return { ...plain, server: { ...typeOf(host, 'stdio'), command: own.command, args } };
  }
  if (host === 'claude-desktop') {
    const args = [...own.args, 'mcp', '--url', access.url, ...namespaceArgs];
    const server = { command: own.command, args, env: { ECPHORY_API_KEY: access.apiKey } };
    return { ...plain, server, holdsKey: true };
  }
  const query = access.namespace === null ? '' : `?namespace=${encodeURIComponent(access.namespace)}`;
  const server = {
    ...typeOf(host, 'http'),
    url: `${access.url}/mcp${query}`,
    headers: { Authorization: `Bearer ${keyReference[host]}` },
  };
  return { ...plain, server, inputs: host === 'vscode' ? [keyInput] : [] };
}

/** Cursor tells a command from an address by itself. */
function typeOf(host: McpHost, type: 'stdio' | 'http'): { readonly type?: string } {
  return host === 'claude-code' || host === 'vscode' ? { type } : {};
}

const keyReference = {
  'claude-code': '$' + '{ECPHORY_API_KEY}',
  cursor: '$' + '{env:ECPHORY_API_KEY}',
  vscode: '$' + '{input:ecphory-api-key}',
} as const;

const keyInput = {
  id: 'ecphory-api-key',
  type: 'promptString',
  description: 'The API key that "ecphory serve" printed',
  password: true,
} as const;
