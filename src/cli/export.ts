import type { Command } from 'commander';
import { type ConnectionFlags, connected, withConnection, withNamespace } from './connection.ts';
import type { CommandWorld } from './world.ts';

/** `ecphory export`. */
export function addExportCommand(program: Command, world: CommandWorld): void {
  const command = program
    .command('export')
    .description('everything of a namespace, with versions, facts and links, one JSON object a line');
  withConnection(withNamespace(command), 'it is JSON as it is')
    .addHelpText('after', examples)
    .action((flags: ConnectionFlags) =>
      connected(flags, world, async ({ memory, namespace, screen }) => {
        let lines = 0;
        for await (const line of memory.export({ namespace })) {
          world.write(`${line}\n`);
          lines += 1;
        }
        screen.note(`${lines} lines of ${namespace}`);
      }),
    );
}

const examples = `
An export that is whole ends with a line of the type "end". "ecphory import --format ecphory" takes it back as it was; the
whole database, with keys and every tenant, is copied by "ecphory backup".

Examples:
  ecphory export --namespace users/alice > alice.ndjson
  ecphory export --namespace "users/**" | gzip > users.ndjson.gz`;
