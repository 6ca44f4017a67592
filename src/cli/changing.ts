import type { Command } from 'commander';
import { ConfigError } from '../config.ts';
import type { Metadata } from '../memory/episode.ts';
import type { UpdateInput } from '../memory/service.ts';
import { collect, given, orNone, parseObject, parseWhole, textOf } from './arguments.ts';
import { confirmed } from './confirm.ts';
import { asOneObject, type ConnectionFlags, connected, withConnection, withNamespace } from './connection.ts';
import { memoryLine } from './memory-text.ts';
import type { CommandWorld } from './world.ts';

interface EditFlags extends ConnectionFlags {
  readonly tag?: readonly string[];
  readonly metadata?: Metadata;
  readonly trueSince?: string | null;
  readonly trueUntil?: string | null;
  readonly expires?: string | null;
  readonly pinned?: boolean;
  readonly ifVersion?: number;
}

interface RemoveFlags extends ConnectionFlags {
  readonly filter?: Metadata;
  readonly hard?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly ifVersion?: number;
}

/** `ecphory edit`, `rm` and `restore`. */
export function addChangingCommands(program: Command, world: CommandWorld): void {
  const edit = program
    .command('edit')
    .description('make a new version of a memory; what is not said stays as it is')
    .argument('<id>')
    .argument('[text...]', '- reads it from standard input');
  withConnection(edit, asOneObject)
    .option('-t, --tag <tag>', 'in place of its tags; may be given more than once; none takes them away', collect)
    .option('--metadata <json>', 'in place of its metadata', parseObject)
    .option('--true-since <time>', 'ISO 8601, or none', orNone)
    .option('--true-until <time>', 'ISO 8601, or none', orNone)
    .option('--expires <time>', 'archived from then on, ISO 8601, or none', orNone)
    .option('--pinned', 'never archived by forgetting')
    .option('--no-pinned', 'archived like any other')
    .option('--if-version <number>', 'only when it still is at this version; 5 otherwise', parseWhole)
    .addHelpText('after', editExamples)
    .action((id: string, words: readonly string[], flags: EditFlags) => change(id, words, flags, world));

  const rm = program
    .command('rm')
    .description('archive memories: out of recall, restorable; with --hard erase them from every byte')
    .argument('[id...]');
  withConnection(withNamespace(rm))
    .option('--filter <json>', 'instead of ids, all of --namespace that it means', parseObject)
    .option('--hard', 'erase for ever, with what was derived from it')
    .option('-y, --yes', 'do not ask before erasing, or taking away what a filter means')
    .option('--dry-run', 'only show what it would take away')
    .option('--if-version <number>', 'only when it still is at this version; 5 otherwise', parseWhole)
    .addHelpText('after', rmExamples)
    .action((ids: readonly string[], flags: RemoveFlags) => remove(ids, flags, world));

  withConnection(
    program.command('restore').description('bring archived or invalidated memories back').argument('<id...>'),
  )
    .addHelpText('after', `\nExample:\n  ecphory restore ${exampleId}`)
    .action((ids: readonly string[], flags: ConnectionFlags) =>
      connected(flags, world, async ({ memory, screen }) => {
        for (const id of ids) {
          const restored = await memory.restore(id);
          screen.one(restored, () => memoryLine(restored, screen));
        }
      }),
    );
}

const exampleId = 'note_01hv4k8x2m7q0r9d3c5b6a7f8e';

const editExamples = `
Examples:
  ecphory edit ${exampleId} "Alice is allergic to peanuts and cashews."
  ecphory edit ${exampleId} --tag health --pinned --if-version 2
  ecphory edit ${exampleId} --true-until 2024-06-01`;

const rmExamples = `
Examples:
  ecphory rm ${exampleId}                    restorable with "ecphory restore"
  ecphory rm ${exampleId} --hard --dry-run
  ecphory rm ${exampleId} --hard --yes
  ecphory rm --namespace users/alice --filter '{"tags": {"$contains": "draft"}}' --dry-run`;

async function change(id: string, words: readonly string[], flags: EditFlags, world: CommandWorld): Promise<void> {
  const { metadata, pinned, trueSince: validAt, trueUntil: invalidAt, expires: expiresAt, ifVersion } = flags;
  const tags = flags.tag?.length === 1 && flags.tag[0] === 'none' ? [] : flags.tag;
  const text = words.length === 0 ? undefined : await textOf(words, world);
  const input: UpdateInput = given({ text, tags, metadata, validAt, invalidAt, pinned, expiresAt });
  if (Object.keys(input).length === 0) throw new ConfigError('Nothing is to be changed; see "ecphory edit --help".');
  await connected(flags, world, async ({ memory, screen }) => {
    const changed = await memory.update(id, input, given({ ifVersion }));
    screen.one(changed, () => `${memoryLine(changed, screen)}\nversion ${changed.version}`);
  });
}

async function remove(ids: readonly string[], flags: RemoveFlags, world: CommandWorld): Promise<void> {
  if (flags.filter !== undefined) return removeWhere(ids, flags.filter, flags, world);
  if (ids.length === 0) throw new ConfigError('Say which: ids, or --namespace and --filter.');
  const { hard = false, dryRun = false, ifVersion } = flags;
  await connected(flags, world, async ({ memory, screen }) => {
    if (dryRun) {
      for (const id of ids) {
        const found = await memory.get(id);
        screen.one(found, () => memoryLine(found, screen));
      }
      screen.note(`${ids.length} would be ${hard ? 'erased' : 'archived'}; nothing was done.`);
      return;
    }
    if (hard) await confirmed(`Erase ${ids.length === 1 ? ids[0] : `${ids.length} memories`} for ever?`, flags, world);
    for (const id of ids) {
      const result = await memory.delete(id, { hard, ...given({ ifVersion }) });
      const others = result.erased.filter((other) => other !== id);
      screen.one(result, () => `${id}  ${result.state}${others.length === 0 ? '' : `, with ${others.join(' ')}`}`);
    }
  });
}

async function removeWhere(
  ids: readonly string[],
  filter: Metadata,
  flags: RemoveFlags,
  world: CommandWorld,
): Promise<void> {
  if (ids.length > 0 || flags.ifVersion !== undefined)
    throw new ConfigError('--filter is instead of ids and --if-version.');
  // A namespace that happens to be the default must not be emptied by a line that names none.
  if (flags.namespace === undefined) throw new ConfigError('--filter needs --namespace: of which namespace?');
  const { hard = false, dryRun = false } = flags;
  await connected(flags, world, async ({ memory, namespace, screen }) => {
    const counted = await memory.deleteWhere({ namespace, filter, hard });
    if (dryRun || counted.matched === 0) {
      screen.one(counted, () => counted.sample.map((id) => `${id}\n`).join(''));
      screen.note(`${counted.matched} would be ${hard ? 'erased' : 'archived'}; nothing was done.`);
      return;
    }
    const what = `${hard ? 'Erase' : 'Archive'} ${counted.matched} memories of ${namespace}${hard ? ' for ever' : ''}?`;
    await confirmed(what, flags, world);
    const result = await memory.deleteWhere({ namespace, filter, hard, dryRun: false });
    screen.one(result, () => `${result.deleted} ${hard ? 'erased' : 'archived'}`);
  });
}
