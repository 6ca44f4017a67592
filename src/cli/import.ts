import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { metadataWith, namespaceOf } from '../api/compat/mem0-entity.ts';
import { entityIdsIn } from '../api/compat/mem0-schemas.ts';
import { ConfigError, type ConfigFlags, loadConfig } from '../config.ts';
import { type ImportFormat, importFormats, parserOf } from '../importers/formats.ts';
import type { ImportUnit, Parsed } from '../importers/import-unit.ts';
import { type ImportResult, type Place, runImport } from '../importers/run-import.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { parseNamespace, parseTenant } from '../memory/scope.ts';
import type { MemoryService } from '../memory/service.ts';
import { newClient } from '../sdk/client.ts';
import type { CommandWorld } from './command.ts';
import { Failed } from './exit-code.ts';
import { importOwn } from './import-own.ts';
import { openLog } from './open-log.ts';
import { serverUrl } from './server-url.ts';

export interface ImportFlags extends ConfigFlags {
  readonly format: string;
  readonly namespace?: string;
  /** Of a running server; the database is opened when left out. */
  readonly url?: string;
  readonly tenant?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `ecphory import`. */
export function addImportCommand(program: Command, world: CommandWorld): void {
  program
    .command('import')
    .description('take over what "ecphory export" or another program exported; repeat it to go on after a break')
    .argument('<file>', 'what was exported')
    .requiredOption('--format <name>', ['ecphory', ...importFormats].join(', '))
    .option('--namespace <path>', 'where to; mem0 exports may leave it out: each memory then goes to its own user')
    .option('--url <address>', 'of a running server, with its key in ECPHORY_API_KEY; otherwise the database is opened')
    .option('--database <file>', 'where memories are kept (ECPHORY_DATABASE, ./data/ecphory.db)')
    .option('--tenant <name>', 'whose memories, without --url (default)')
    .option('--dry-run', 'say what would be stored, and store nothing')
    .option('--json', 'say what was done as one line of JSON')
    .addHelpText('after', examples)
    .action((file: string, flags: ImportFlags) => importFile(file, flags, world));
}

const examples = `
Examples:
  ecphory import alice.ndjson --format ecphory --url http://127.0.0.1:8787      what "ecphory export" wrote
  ecphory import conversations.json --format chatgpt --namespace users/alice --dry-run
  ecphory import conversations.json --format claude --namespace users/alice --url http://127.0.0.1:8787
  ecphory import agent.af --format letta --namespace agents/support
  ecphory import memories.json --format mem0          where clients of mem0 find it with "serve --compat mem0"`;

/** @throws ConfigError, EcphoryError `invalid` for a file of another format; Failed when some of it was not stored */
export async function importFile(file: string, flags: ImportFlags, world: CommandWorld): Promise<void> {
  if (flags.format === 'ecphory') {
    const { memory, close } = await openFor(flags, world);
    return importOwn(file, flags, memory, world).finally(close);
  }
  const format = formatOf(flags.format);
  const place = placeFor(format, flags.namespace);
  const parsed = parserOf[format](await textOf(file));
  const opened = await openFor(flags, world);
  let isStopped = false;
  void world.stopRequested.then(() => {
    isStopped = true;
  });
  let result: ImportResult;
  try {
    result = await runImport(opened.memory, parsed.units, {
      format,
      place,
      isDryRun: flags.dryRun === true,
      isStopped: () => isStopped,
      onProgress: newProgress(world),
    });
  } finally {
    await opened.close();
  }
  world.write(flags.json === true ? jsonOf(flags, parsed, result) : textOfResult(flags, parsed, result));
  for (const { unit, why } of result.failed.slice(0, limits.faultsPerProblem)) {
    world.writeError(`ecphory: number ${unit + 1} was not stored: ${why}\n`);
  }
  if (!result.isComplete) throw new EcphoryError('unavailable', 'Stopped before the end; repeat it to go on.');
  if (result.failed.length > 0) {
    throw new Failed(`${result.failed.length} of ${result.units} could not be stored.`);
  }
}

/** A line for every tenth of the way: a log is no screen. */
function newProgress(world: CommandWorld): (done: number, total: number) => void {
  let said = 0;
  return (done, total) => {
    const tenths = Math.floor((done * 10) / total);
    if (tenths > said) world.writeError(`ecphory: ${done} of ${total}\n`);
    said = tenths;
  };
}

function formatOf(name: string): ImportFormat {
  const format = importFormats.find((candidate) => candidate === name);
  if (format !== undefined) return format;
  throw new ConfigError(`--format is ${JSON.stringify(name)}; allowed: ecphory, ${importFormats.join(', ')}.`);
}

/** Of a mem0 export, its users stay apart as the mem0 routes keep them, unless a namespace for all of them is given. */
function placeFor(format: ImportFormat, namespace: string | undefined): Place {
  if (namespace === undefined && format !== 'mem0') {
    throw new ConfigError(`--namespace is not set; an import of ${format} needs it, such as users/alice.`);
  }
  const given = namespace === undefined ? null : parseNamespace(namespace);
  return (unit) => ({
    namespace: given ?? namespaceOf(entityIdsIn(unit.owner ?? {})),
    metadata: metadataOf(unit),
  });
}

function metadataOf(unit: ImportUnit): ReturnType<Place>['metadata'] {
  return unit.owner === undefined
    ? (unit.metadata ?? {})
    : metadataWith(unit.metadata ?? {}, entityIdsIn(unit.owner), null);
}

async function textOf(file: string): Promise<string> {
  const found = await stat(file).catch(() => null);
  if (found === null || !found.isFile()) throw new ConfigError(`There is no file ${file}.`);
  if (found.size > limits.importFileBytes) {
    throw new ConfigError(`${file} has ${found.size} bytes; at most ${limits.importFileBytes} are read at once.`);
  }
  return readFile(file, 'utf8');
}

interface Opened {
  readonly memory: MemoryService;
  close(): Promise<void>;
}

async function openFor(flags: ImportFlags, world: CommandWorld): Promise<Opened> {
  const config = loadConfig(flags, world.environment);
  if (flags.url !== undefined) {
    if (flags.tenant !== undefined) {
      throw new ConfigError('With --url the API key says whose memories: leave --tenant out.');
    }
    if (config.apiKey === null) {
      throw new ConfigError('ECPHORY_API_KEY is not set; --url needs it: the key that "ecphory serve" printed.');
    }
    return { memory: newClient({ baseUrl: serverUrl(flags.url), apiKey: config.apiKey }), close: async () => {} };
  }
  const tenant = parseTenant(flags.tenant ?? 'default');
  const log = openLog(config, world);
  // Everything that serves memories: most commands need none of it.
  const { openMemory } = await import('../server.ts');
  const { ecphory, close } = await openMemory(config, { log, clock: Date.now });
  return { memory: ecphory.forTenant(tenant), close };
}

function jsonOf(flags: ImportFlags, parsed: Parsed, result: ImportResult): string {
  const { units, stored, storedMemories, known, failed, isComplete } = result;
  return `${JSON.stringify({
    dry_run: flags.dryRun === true,
    units,
    stored,
    stored_memories: storedMemories,
    known,
    failed,
    skipped: parsed.skipped,
    complete: isComplete,
  })}\n`;
}

function textOfResult(flags: ImportFlags, parsed: Parsed, result: ImportResult): string {
  const does = flags.dryRun === true ? 'would be stored' : 'stored';
  const lines = [`${result.stored} of ${result.units} ${does}, ${result.storedMemories} memories in all.`];
  if (result.known > 0) lines.push(`${result.known} were there already.`);
  const reasons = new Map<string, number>();
  for (const { why } of parsed.skipped) reasons.set(why, (reasons.get(why) ?? 0) + 1);
  for (const [why, count] of reasons) lines.push(`${count} of the file left out: ${why}`);
  return `${lines.join('\n')}\n`;
}
