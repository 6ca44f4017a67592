import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { ConfigError, type ConfigFlags, loadConfig } from '../config.ts';
import { parseNamespace, parseTenant } from '../memory/scope.ts';
import type { CommandWorld } from './command.ts';
import { mergedHostFile, replaceHostFile } from './host-file.ts';
import {
  type HostAccess,
  type HostEntry,
  hostEntry,
  hostFile,
  type McpHost,
  mcpHosts,
  type OwnCommand,
} from './mcp-hosts.ts';
import { serverUrl } from './server-url.ts';

export interface InstallFlags extends ConfigFlags {
  readonly url?: string;
  readonly tenant?: string;
  readonly namespace?: string;
  readonly file?: string;
  readonly print?: boolean;
}

/** Has a host use Ecphory from its next start on. */
export async function installMcp(name: string, flags: InstallFlags, world: CommandWorld): Promise<void> {
  const host = hostOf(name);
  const entry = hostEntry(host, accessOf(flags, world), ownCommand());
  const place = { platform: process.platform, home: homedir(), folder: process.cwd() };
  const path = flags.file === undefined ? hostFile(host, place) : resolve(flags.file);
  if (flags.print === true) {
    world.writeError(`For ${path}:\n`);
    world.write(`${JSON.stringify(snippetOf(entry), null, 2)}\n`);
    return;
  }
  if (entry.holdsKey && keyOf(entry) === null) {
    throw new ConfigError(`ECPHORY_API_KEY is not set; ${host} needs it: the key that "ecphory serve" printed.`);
  }
  const merged = await mergedHostFile(path, entry);
  if (merged.text === merged.before) {
    world.write(`${merged.path} names Ecphory already.\n`);
    return;
  }
  const backup = await replaceHostFile(merged, entry.holdsKey);
  const kept = backup === null ? '' : ` What it held before is in ${backup}.`;
  world.write(`${merged.path} names Ecphory now.${kept}\n${nextStep(host, flags)}\n`);
}

function hostOf(name: string): McpHost {
  const host = mcpHosts.find((one) => one === name);
  if (host === undefined)
    throw new ConfigError(`The host is ${JSON.stringify(name)}; allowed: ${mcpHosts.join(', ')}.`);
  return host;
}

function accessOf(flags: InstallFlags, world: CommandWorld): HostAccess {
  const config = loadConfig(flags, world.environment);
  const namespace = flags.namespace === undefined ? null : parseNamespace(flags.namespace);
  if (flags.url === undefined) {
    const tenant = flags.tenant === undefined ? null : parseTenant(flags.tenant);
    return { kind: 'database', path: resolve(config.database), namespace, tenant };
  }
  if (flags.tenant !== undefined)
    throw new ConfigError('With --url the API key says whose memories: leave --tenant out.');
  return { kind: 'server', url: serverUrl(flags.url), namespace, apiKey: config.apiKey };
}

/**
 * This very program by full paths: hosts with windows know neither the shell's PATH nor its Node. A copy that npx made
 * for once may be gone tomorrow, so npx is asked again.
 */
function ownCommand(): OwnCommand {
  const script = process.argv[1] ?? '';
  if (script === '' || /[\\/]_npx[\\/]/.test(script)) return { command: 'npx', args: ['-y', 'ecphory'] };
  return { command: process.execPath, args: [resolve(script)] };
}

function snippetOf(entry: HostEntry): object {
  const server = entry.holdsKey ? { ...entry.server, env: { ECPHORY_API_KEY: '<your key>' } } : entry.server;
  return { [entry.field]: { ecphory: server }, ...(entry.inputs.length > 0 && { inputs: entry.inputs }) };
}

function keyOf(entry: HostEntry): unknown {
  const { env } = entry.server;
  return typeof env === 'object' && env !== null && 'ECPHORY_API_KEY' in env ? env.ECPHORY_API_KEY : null;
}

function nextStep(host: McpHost, flags: InstallFlags): string {
  if (flags.url === undefined) return `Restart ${host}. While it runs, no server can have the same database.`;
  switch (host) {
    case 'vscode':
      return 'Restart vscode; it asks for the API key once.';
    case 'claude-desktop':
      return 'Restart claude-desktop. The file holds the API key now; only you can read it.';
    default:
      return `Start ${host} with the API key in the variable ECPHORY_API_KEY.`;
  }
}
