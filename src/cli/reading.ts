import { type Command, Option } from 'commander';
import type { Metadata } from '../memory/episode.ts';
import { type NoteState, noteStates } from '../memory/note.ts';
import type { MemoryVersion } from '../memory/service.ts';
import type { RetentionView } from '../memory/upkeep.ts';
import { listAll } from '../sdk/client.ts';
import { given, parseObject, parseWhole } from './arguments.ts';
import {
  asOneObject,
  type Connected,
  type ConnectionFlags,
  connected,
  withConnection,
  withNamespace,
} from './connection.ts';
import { fields, memoryLine, memoryPage } from './memory-text.ts';
import { indented } from './paint.ts';
import type { Screen } from './screen.ts';
import type { CommandWorld } from './world.ts';

interface ListFlags extends ConnectionFlags {
  readonly limit?: number;
  readonly cursor?: string;
  readonly all?: boolean;
  readonly filter?: Metadata;
  readonly state?: readonly NoteState[];
  readonly session?: string;
}

/** `ecphory list`, `show`, `history` and `related`. */
export function addReadingCommands(program: Command, world: CommandWorld): void {
  withConnection(withNamespace(program.command('list').description('memories, newest first')))
    .option('-l, --limit <number>', 'at most so many', parseWhole)
    .option('--cursor <cursor>', 'goes on where an earlier list ended')
    .option('--all', 'all of them')
    .option('--filter <json>', 'such as \'{"tags": {"$contains": "vip"}}\'', parseObject)
    .addOption(new Option('--state <state...>', 'active only if left out').choices(noteStates))
    .option('--session <id>', 'the messages of a conversation, in the order in which they were told')
    .addHelpText('after', listExamples)
    .action((flags: ListFlags) => connected(flags, world, (to) => list(flags, to)));

  withConnection(program.command('show').description('everything about one memory').argument('<id>'), asOneObject)
    .option('--retention', 'its forgetting curve instead')
    .addHelpText('after', `\nExamples:\n  ecphory show ${id}\n  ecphory show ${id} --retention`)
    .action((noteId: string, flags: ConnectionFlags & { readonly retention?: boolean }) =>
      connected(flags, world, async ({ memory, screen }) => {
        if (flags.retention === true) {
          const view = await memory.retention(noteId);
          screen.one(view, () => retentionText(view));
        } else {
          const found = await memory.get(noteId);
          screen.one(found, () => memoryPage(found, screen));
        }
      }),
    );

  withConnection(program.command('history').description('every version of a memory, oldest first').argument('<id>'))
    .addHelpText('after', `\nExample:\n  ecphory history ${id}`)
    .action((noteId: string, flags: ConnectionFlags) =>
      connected(flags, world, async ({ memory, screen }) => {
        screen.each(await memory.history(noteId), (version) => versionText(version, screen), 'There is none.');
      }),
    );

  withConnection(
    program.command('related').description('what a memory is linked with, strongest first').argument('<id>'),
  )
    .addHelpText('after', `\nExample:\n  ecphory related ${id}`)
    .action((noteId: string, flags: ConnectionFlags) =>
      connected(flags, world, async ({ memory, screen }) => {
        screen.each(
          await memory.related(noteId),
          ({ type, direction, weight, memory: other }) =>
            `${`${direction === 'from' ? '->' : '<-'} ${type} ${weight.toFixed(2)}`.padEnd(20)} ${memoryLine(other, screen)}`,
          'It is linked with nothing.',
        );
      }),
    );
}

const id = 'note_01hv4k8x2m7q0r9d3c5b6a7f8e';

const listExamples = `
Examples:
  ecphory list --namespace users/alice --limit 20
  ecphory list --namespace "users/**" --all --json > memories.ndjson
  ecphory list --state archived invalidated
  ecphory list --session monday --namespace users/alice`;

async function list(flags: ListFlags, { memory, namespace, screen }: Connected): Promise<void> {
  const { limit, cursor, filter, state: states, session } = flags;
  if (flags.all === true && session === undefined) {
    let isEmpty = true;
    for await (const found of listAll(memory, { namespace, ...given({ limit, filter, states }) })) {
      isEmpty = false;
      screen.one(found, () => memoryLine(found, screen));
    }
    if (isEmpty) screen.note(`Nothing is in ${namespace}.`);
    return;
  }
  const asked = { namespace, ...given({ limit, cursor }) };
  const page =
    session === undefined
      ? await memory.list({ ...asked, ...given({ filter, states }) })
      : await memory.messages({ ...asked, sessionId: session });
  screen.each(page.data, (found) => memoryLine(found, screen), `Nothing is in ${namespace}.`);
  if (page.nextCursor !== null) screen.note(`There is more: --cursor ${page.nextCursor}, or --all`);
}

function versionText(version: MemoryVersion, { paint }: Screen): string {
  const { at, cause, text, tags, keywords } = version;
  const head = `version ${version.version}.${version.derivation}  ${at}  ${cause}`;
  const words = [...tags.map((tag) => `#${tag}`), ...keywords].join(' ');
  return `${paint.dim(head)}\n${indented(text)}\n${words === '' ? '' : `${paint.dim(indented(words))}\n`}`;
}

function retentionText(view: RetentionView): string {
  const line = sparkline(view.forecast.map(({ retrievability }) => retrievability));
  return fields([
    ['curve', view.curve],
    ['retrievability', view.retrievability.toFixed(3)],
    ['stability', `${view.stabilityDays.toFixed(1)} days`],
    ['difficulty', view.difficulty.toFixed(1)],
    ['activation', view.activation.toFixed(2)],
    ['pinned', view.isPinned ? 'yes' : null],
    ['expires', view.expiresAt],
    ['archived from', view.archivedFrom],
    ['uses', view.reviews.map(({ at, grade }) => `${at.slice(0, 10)} ${grade}`).join(', ')],
    ['forecast', line === '' ? null : `${line} until ${view.forecast.at(-1)?.at.slice(0, 10) ?? ''}`],
  ]);
}

/** Values from 0 to 1 as bars of eight heights. */
function sparkline(values: readonly number[]): string {
  return values.map((value) => '▁▂▃▄▅▆▇█'[Math.min(7, Math.max(0, Math.floor(value * 8)))] ?? '').join('');
}
