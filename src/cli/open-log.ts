import { pino, stdSerializers } from 'pino';
import type { Log } from '../api/log.ts';
import type { Config } from '../config.ts';
import { secretKinds } from '../redaction/detector.ts';
import { redactText } from '../redaction/redact.ts';
import type { CommandWorld } from './world.ts';

/**
 * The log, a JSON object a line, to standard error. What an error brings along may be a refused address with its password, or
 * an endpoint's answer that repeats a key: whatever is configured, secrets are taken out of it.
 */
export function openLog(config: Pick<Config, 'logLevel'>, world: Pick<CommandWorld, 'writeError'>): Log {
  const serializers = { err: (error: unknown) => withoutSecrets(serialized(error), 0) };
  return pino({ level: config.logLevel, serializers }, { write: (line: string) => world.writeError(line) });
}

const secrets = new Set(secretKinds);
/** Errors have causes that have causes. */
const depthMax = 8;

function serialized(error: unknown): unknown {
  return error instanceof Error ? stdSerializers.err(error) : error;
}

function withoutSecrets(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value, secrets);
  if (value === null || typeof value !== 'object') return value;
  if (depth === depthMax) return '[...]';
  if (Array.isArray(value)) return value.map((item) => withoutSecrets(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutSecrets(item, depth + 1)]));
}
