import type { Command } from 'commander';
import { ConfigError, type ConfigFlags, loadConfig } from '../config.ts';
import { parseNamespace, parseTenant } from '../memory/scope.ts';
import type { MemoryService } from '../memory/service.ts';
import { newClient } from '../sdk/client.ts';
import { version } from '../version.ts';
import type { CommandWorld } from './command.ts';
import { mcpHosts } from './mcp-hosts.ts';
import { installMcp } from './mcp-install.ts';
import { openLog } from './open-log.ts';
import { serverUrl } from './server-url.ts';

export interface McpFlags extends ConfigFlags {
  /** Of a running server; a database of one's own when left out. */
  readonly url?: string;
  readonly tenant?: string;
  readonly namespace?: string;
}

/** `ecphory mcp` and `ecphory mcp install`. */
export function addMcpCommands(program: Command, world: CommandWorld): void {
  const mcp = program
    .command('mcp')
    .description('serve memories to one MCP host over standard input and output; hosts start this themselves')
    .option('--url <address>', 'of a running server, with its key in ECPHORY_API_KEY; otherwise the database is opened')
    .option('--database <file>', 'where memories are kept (ECPHORY_DATABASE, ./data/ecphory.db)')
    .option('--tenant <name>', 'whose memories, without --url (default)')
    .option('--namespace <path>', 'where tools read and write that name no namespace (default)')
    .addHelpText('after', examples)
    .action((flags: McpFlags) => serveMcp(flags, world));

  mcp
    .command('install')
    .description(`set up a host (${mcpHosts.join(', ')}) to use Ecphory; its file is merged with, and kept as a backup`)
    .argument('<host>', mcpHosts.join(', '))
    .option('--url <address>', 'of a running server; otherwise the host opens the database itself')
    .option('--database <file>', 'where memories are kept (ECPHORY_DATABASE, ./data/ecphory.db)')
    .option('--namespace <path>', 'where tools read and write that name no namespace (default)')
    .option('--tenant <name>', 'whose memories, without --url (default)')
    .option('--file <path>', "the host's configuration file, when it is not in its usual place")
    .option('--print', 'only show what would be written')
    .addHelpText('after', installExamples)
    // The library gives options that both commands have to the outer one, wherever they stand.
    .action((host: string, _, command: Command) => installMcp(host, command.optsWithGlobals(), world));
}

const examples = `
Examples:
  ecphory mcp --url http://127.0.0.1:8787 --namespace users/alice
  ecphory mcp --database ~/memory.db
  ecphory mcp install claude-code --url http://127.0.0.1:8787`;

const installExamples = `
Examples:
  ecphory mcp install claude-code --url http://127.0.0.1:8787      .mcp.json of this folder; the key stays in ECPHORY_API_KEY
  ecphory mcp install claude-desktop --database ~/memory.db        no server needed: the host opens the file
  ecphory mcp install vscode --url http://127.0.0.1:8787 --print   only show it`;

/** Serves until the host closes its end. Standard output is the protocol's: what there is to say goes to standard error. */
export async function serveMcp(flags: McpFlags, world: CommandWorld): Promise<void> {
  const config = loadConfig(flags, world.environment);
  const namespace = flags.namespace === undefined ? null : parseNamespace(flags.namespace);
  const log = openLog(config, world);
  const opened = flags.url === undefined ? await openOwn() : openRemote(flags.url);
  try {
    const { serveMcpOverStdio } = await import('../integrations/mcp/stdio.ts');
    const connection = serveMcpOverStdio({
      memory: opened.memory,
      namespace,
      version: version(),
      onFailure: (err) => log.error({ err }, 'an MCP request failed'),
    });
    await Promise.race([connection.ended, world.stopRequested]);
    await connection.close();
  } finally {
    await opened.close();
  }

  async function openOwn(): Promise<Opened> {
    const tenant = parseTenant(flags.tenant ?? 'default');
    // Everything that serves memories: most commands need none of it.
    const { openMemory } = await import('../server.ts');
    const { ecphory, close } = await openMemory(config, { log, clock: Date.now });
    return { memory: ecphory.forTenant(tenant), close };
  }

  function openRemote(url: string): Opened {
    if (flags.tenant !== undefined)
      throw new ConfigError('With --url the API key says whose memories: leave --tenant out.');
    if (config.apiKey === null) {
      throw new ConfigError('ECPHORY_API_KEY is not set; --url needs it: the key that "ecphory serve" printed.');
    }
    return { memory: newClient({ baseUrl: serverUrl(url), apiKey: config.apiKey }), close: async () => {} };
  }
}

interface Opened {
  readonly memory: MemoryService;
  close(): Promise<void>;
}
