import type { Command } from 'commander';
import { Option } from 'commander';
import { type Metadata, type Role, roles } from '../memory/episode.ts';
import type { AddTextInput } from '../memory/service.ts';
import { collect, given, parseObject, textOf } from './arguments.ts';
import { asOneObject, type ConnectionFlags, connected, withConnection, withNamespace } from './connection.ts';
import type { CommandWorld } from './world.ts';

interface AddFlags extends ConnectionFlags {
  readonly session?: string;
  readonly tag?: readonly string[];
  readonly metadata?: Metadata;
  readonly role?: Role;
  readonly name?: string;
  readonly at?: string;
  readonly place?: string;
  readonly pinned?: boolean;
  readonly expires?: string;
  readonly origin?: NonNullable<AddTextInput['origin']>;
  readonly idempotencyKey?: string;
}

/** `ecphory add`. */
export function addAddCommand(program: Command, world: CommandWorld): void {
  const command = program
    .command('add')
    .description('store a memory, word for word')
    .argument('<text...>', '- reads it from standard input');
  withConnection(withNamespace(command), asOneObject)
    .option('-s, --session <id>', 'the conversation that it belongs to')
    .option('-t, --tag <tag>', 'may be given more than once', collect)
    .option('--metadata <json>', 'an object of your own, for filters', parseObject)
    .addOption(new Option('--role <role>', 'who spoke').choices(roles))
    .option('--name <name>', 'the name of who spoke')
    .option('--at <time>', 'when it happened, ISO 8601; now if left out')
    .option('--place <place>', 'where it happened')
    .option('--pinned', 'never archived by forgetting')
    .option('--expires <time>', 'archived from then on, ISO 8601')
    .addOption(
      new Option('--origin <origin>', 'where it came from').choices(['user', 'agent', 'tool', 'web', 'import']),
    )
    .option('--idempotency-key <key>', 'a repeat with the same key stores nothing')
    .addHelpText('after', examples)
    .action((words: readonly string[], flags: AddFlags) => add(words, flags, world));
}

const examples = `
Prints the id of what was stored.

Examples:
  ecphory add "Alice is allergic to peanuts." --namespace users/alice
  ecphory add "We chose SQLite." --tag decision --at 2024-05-06 --metadata '{"project": "atlas"}'
  git log -1 --format=%B | ecphory add - --session releases`;

async function add(words: readonly string[], flags: AddFlags, world: CommandWorld): Promise<void> {
  const text = await textOf(words, world);
  await connected(flags, world, async ({ memory, namespace, screen }) => {
    const { session, tag, at, expires, metadata, role, name, place, pinned, origin, idempotencyKey } = flags;
    const details = { sessionId: session, tags: tag, timestamp: at, expiresAt: expires };
    const input: AddTextInput = {
      namespace,
      text,
      ...given({ ...details, metadata, role, name, place, pinned, origin }),
    };
    const result = await memory.add(input, given({ idempotencyKey }));
    screen.one(result, () => result.memories.map(({ id }) => `${id}\n`).join(''));
  });
}
