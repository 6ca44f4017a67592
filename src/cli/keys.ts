import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { parseScopes } from '../api/key-administration.ts';
import { ConfigError, type ConfigFlags, loadConfig } from '../config.ts';
import { parseTenant } from '../memory/scope.ts';
import { newSender } from '../sdk/send.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { type KeyDesk, type ListedKey, newFileDesk, newServerDesk } from './key-desk.ts';
import { serverUrl } from './server-url.ts';
import type { CommandWorld } from './world.ts';

interface KeyFlags extends ConfigFlags {
  readonly url?: string;
  readonly tenant?: string;
  readonly json?: boolean;
}

interface CreateFlags extends KeyFlags {
  readonly name: string;
  readonly scopes?: string;
  readonly namespaces?: string;
  readonly expires?: string;
}

interface RotateFlags extends KeyFlags {
  readonly overlap?: string;
  readonly expires?: string;
}

/** `ecphory keys`: in the file while no server runs, or with `--url` at one that does. */
export function addKeyCommands(program: Command, world: CommandWorld): void {
  const keys = program
    .command('keys')
    .description('make, list, rotate and revoke API keys')
    .addHelpText('after', examples);
  placed(keys.command('create'))
    .description('make a key and print it: the only time it is shown')
    .option('--tenant <name>', 'whose memories it opens, without --url (default)')
    .option('--name <text>', 'what it is for', 'unnamed')
    .option('--scopes <list>', 'of read, write, admin, erase', 'read,write')
    .option('--namespaces <list>', 'it reaches these and what is below them (all if left out)')
    .option('--expires <time>', 'how long it works, such as 90d, 12h or 30m (for ever if left out)')
    .action((flags: CreateFlags) => createKey(flags, world));
  placed(keys.command('list'))
    .description('list keys, without their secrets')
    .option('--json', 'as one JSON array')
    .action((flags: KeyFlags) => listKeys(flags, world));
  placed(keys.command('rotate <id>'))
    .description('make a key that may do the same and print it; the old one works beside it for a while')
    .option('--overlap <time>', 'how long both work, such as 1d or 0m', '1d')
    .option('--expires <time>', 'how long the new one works (as long as the old one was made for)')
    .action((id: string, flags: RotateFlags) => rotateKey(id, flags, world));
  placed(keys.command('revoke <id>'))
    .description('make a key useless for ever, within a second')
    .action((id: string, flags: KeyFlags) => revokeKey(id, flags, world));
}

function placed(command: Command): Command {
  return command
    .option('--url <address>', 'of a running server, with a key of scope admin in ECPHORY_API_KEY')
    .option('--database <file>', 'the database of a stopped one (ECPHORY_DATABASE, ./data/ecphory.db)');
}

const examples = `
Examples:
  ecphory keys create --tenant acme --name "staging agent" --expires 90d
  ecphory keys create --scopes read --namespaces users/alice,team --url http://127.0.0.1:8787
  ecphory keys rotate 0aB3dE5fG7hJ --overlap 12h --url http://127.0.0.1:8787
  ecphory keys revoke 0aB3dE5fG7hJ`;

/** Prints the key alone, so that it can be piped to where it is kept. */
async function createKey(flags: CreateFlags, world: CommandWorld): Promise<void> {
  const { expires, namespaces, scopes } = flags;
  const input = {
    name: flags.name,
    ...(scopes !== undefined && { scopes: parseScopes(listOf(scopes)) }),
    ...(namespaces !== undefined && { namespaces: listOf(namespaces) }),
    ...(expires !== undefined && { expiresInSeconds: secondsOf(expires, '--expires', 1) }),
  };
  await atDesk(flags, world, async (desk) => {
    world.write(`${(await desk.create(input)).secret}\n`);
  });
}

async function listKeys(flags: KeyFlags, world: CommandWorld): Promise<void> {
  await atDesk(flags, world, async (desk) => {
    const rows = (await desk.list()).map(rowOf);
    world.write(flags.json === true ? `${JSON.stringify(rows)}\n` : tableOf(rows));
  });
}

async function rotateKey(id: string, flags: RotateFlags, world: CommandWorld): Promise<void> {
  const { overlap, expires } = flags;
  const input = {
    ...(overlap !== undefined && { overlapSeconds: secondsOf(overlap, '--overlap', 0) }),
    ...(expires !== undefined && { expiresInSeconds: secondsOf(expires, '--expires', 1) }),
  };
  await atDesk(flags, world, async (desk) => {
    world.write(`${(await desk.rotate(id, input)).secret}\n`);
  });
}

async function revokeKey(id: string, flags: KeyFlags, world: CommandWorld): Promise<void> {
  await atDesk(flags, world, async (desk) => {
    await desk.revoke(id);
    world.write(`${id} is revoked.\n`);
  });
}

async function atDesk(flags: KeyFlags, world: CommandWorld, use: (desk: KeyDesk) => Promise<void>): Promise<void> {
  const config = loadConfig(flags, world.environment);
  if (flags.url !== undefined) {
    if (flags.tenant !== undefined)
      throw new ConfigError('With --url the API key says whose keys: leave --tenant out.');
    const baseUrl = serverUrl(flags.url);
    const { apiKey } = config;
    if (apiKey === null) throw new ConfigError('ECPHORY_API_KEY is not set; --url needs it: a key with scope admin.');
    await use(newServerDesk(newSender({ baseUrl, apiKey })));
    return;
  }
  const tenant = parseTenant(flags.tenant ?? 'default');
  const path = resolve(config.database);
  // A typing error in the path must not make a new, empty database.
  if (!existsSync(path)) throw new ConfigError(`There is no database at ${path}; "ecphory serve" makes one.`);
  const store = await openSqliteStore({ path, clock: Date.now });
  try {
    await use(newFileDesk(store.keys, tenant));
  } finally {
    await store.close();
  }
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };

function secondsOf(text: string, flag: string, min: number): number {
  const [, count, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (unitSeconds[unit] ?? Number.NaN);
  if (!(seconds >= min)) {
    throw new ConfigError(
      `${flag} is ${JSON.stringify(text)}; allowed: minutes, hours or days, such as 30m, 12h or 90d.`,
    );
  }
  return seconds;
}

interface KeyRow {
  readonly id: string;
  readonly tenant: string | null;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly namespaces: readonly string[] | null;
  readonly state: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
}

function rowOf({ id, tenant, name, scopes, namespaces, state, ...times }: ListedKey): KeyRow {
  const { createdAt: created_at, expiresAt: expires_at, revokedAt: revoked_at } = times;
  return { id, tenant, name, scopes, namespaces, state, created_at, expires_at, revoked_at };
}

function tableOf(rows: readonly KeyRow[]): string {
  const lines = [
    ['id', 'tenant', 'name', 'scopes', 'namespaces', 'created', 'state'],
    ...rows.map((row) => [
      row.id,
      row.tenant ?? '',
      row.name,
      row.scopes.join(','),
      row.namespaces?.join(',') ?? 'all',
      row.created_at.slice(0, 10),
      stateOf(row),
    ]),
  ];
  const columns = lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines.map((line) => `${line.map((cell, column) => cell.padEnd(columns[column] ?? 0)).join('  ')}\n`).join('');
}

function stateOf({ state, expires_at: expiresAt, revoked_at: revokedAt }: KeyRow): string {
  if (revokedAt !== null) return `revoked ${revokedAt.slice(0, 10)}`;
  if (expiresAt === null) return 'in force';
  return `${state === 'expired' ? 'expired' : 'expires'} ${expiresAt.slice(0, 10)}`;
}
