import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { createApiKey } from '../api/api-key.ts';
import { ConfigError, type ConfigFlags, loadConfig } from '../config.ts';
import type { ApiKeyId } from '../memory/ids.ts';
import { parseTenant } from '../memory/scope.ts';
import type { ApiKey, ApiKeyStore } from '../memory/store.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import type { CommandWorld } from './command.ts';

const dayMs = 86_400_000;

export interface CreateKeyFlags extends ConfigFlags {
  readonly tenant: string;
  readonly name: string;
  readonly expiresInDays?: string;
}

/** Prints the key alone, so that it can be piped to where it is kept. */
export async function createKey(flags: CreateKeyFlags, world: CommandWorld): Promise<void> {
  const tenant = parseTenant(flags.tenant);
  const expiresAt = flags.expiresInDays === undefined ? null : Date.now() + daysOf(flags.expiresInDays) * dayMs;
  await withKeys(flags, world, async (keys) => {
    const { text } = await createApiKey({ keys, clock: Date.now }, { tenant, name: flags.name, expiresAt });
    world.write(`${text}\n`);
  });
}

export async function listKeys(flags: ConfigFlags & { readonly json?: boolean }, world: CommandWorld): Promise<void> {
  await withKeys(flags, world, async (keys) => {
    const rows = (await keys.list()).map(rowOf);
    world.write(flags.json === true ? `${JSON.stringify(rows)}\n` : tableOf(rows));
  });
}

export async function revokeKey(id: string, flags: ConfigFlags, world: CommandWorld): Promise<void> {
  await withKeys(flags, world, async (keys) => {
    await keys.revoke(id as ApiKeyId, Date.now());
    world.write(`${id} is revoked.\n`);
  });
}

async function withKeys(
  flags: ConfigFlags,
  world: CommandWorld,
  use: (keys: ApiKeyStore) => Promise<void>,
): Promise<void> {
  const config = loadConfig(flags, world.environment);
  const path = resolve(config.database);
  // A typing error in the path must not make a new, empty database.
  if (!existsSync(path)) throw new ConfigError(`There is no database at ${path}; "ecphory serve" makes one.`);
  const store = await openSqliteStore({ path, clock: Date.now });
  try {
    await use(store.keys);
  } finally {
    await store.close();
  }
}

function daysOf(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 36_500) {
    throw new ConfigError(`--expires-in-days is ${JSON.stringify(text)}; allowed: a whole number from 1 to 36500.`);
  }
  return days;
}

interface KeyRow {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
}

function rowOf(key: ApiKey): KeyRow {
  return {
    id: key.id,
    tenant: key.tenant,
    name: key.name,
    created_at: new Date(key.createdAt).toISOString(),
    expires_at: key.expiresAt === null ? null : new Date(key.expiresAt).toISOString(),
    revoked_at: key.revokedAt === null ? null : new Date(key.revokedAt).toISOString(),
  };
}

function tableOf(rows: readonly KeyRow[]): string {
  const lines = [
    ['id', 'tenant', 'name', 'created', 'state'],
    ...rows.map((row) => [row.id, row.tenant, row.name, row.created_at.slice(0, 10), stateOf(row)]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => `${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`).join('');
}

function stateOf(row: KeyRow): string {
  if (row.revoked_at !== null) return `revoked ${row.revoked_at.slice(0, 10)}`;
  if (row.expires_at === null) return 'in force';
  return `${row.expires_at <= new Date().toISOString() ? 'expired' : 'expires'} ${row.expires_at.slice(0, 10)}`;
}
