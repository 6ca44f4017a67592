import { type Command, Option } from 'commander';
import { type Pass, passes } from '../memory/job.ts';
import type { Operation } from '../memory/knowledge.ts';
import { given } from './arguments.ts';
import { asOneObject, type ConnectionFlags, connected, withConnection, withNamespace } from './connection.ts';
import { Failed } from './exit-code.ts';
import { newProgress } from './progress.ts';
import type { CommandWorld } from './world.ts';

interface ConsolidateFlags extends ConnectionFlags {
  readonly passes?: readonly Pass[];
  readonly dryRun?: boolean;
  readonly wait: boolean;
  readonly revert?: string;
  readonly runs?: boolean;
}

/** `ecphory consolidate`. */
export function addConsolidateCommand(program: Command, world: CommandWorld): void {
  const command = program
    .command('consolidate')
    .description('have the background passes run over a namespace now, and wait until they are done');
  withConnection(withNamespace(command), asOneObject)
    .addOption(new Option('--passes <pass...>', 'all if left out').choices(passes))
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--no-wait', 'say which operation it is, and end')
    .option('--runs', 'instead, show what passes did before, newest first; with --json one object a line')
    .option('--revert <run>', 'instead, take back what a run did')
    .addHelpText('after', examples)
    .action((flags: ConsolidateFlags) => consolidate(flags, world));
}

const examples = `
Examples:
  ecphory consolidate --namespace users/alice
  ecphory consolidate --namespace users/alice --dry-run --passes merges forgetting
  ecphory consolidate --namespace users/alice --runs
  ecphory consolidate --revert run_01hv4k8x2m7q0r9d3c5b6a7f8e`;

async function consolidate(flags: ConsolidateFlags, world: CommandWorld): Promise<void> {
  await connected(flags, world, async ({ memory, namespace, screen }) => {
    if (flags.revert !== undefined) {
      const run = await memory.revertRun(flags.revert);
      screen.one(run, () => `${run.id}  ${run.state}`);
      return;
    }
    if (flags.runs === true) {
      const runs = await memory.runs({ namespace });
      const line = ({ id, state, startedAt, changes }: (typeof runs)[number]) =>
        `${id}  ${startedAt}  ${state}  ${changesText(changes)}`;
      screen.each(runs, line, `No pass has changed ${namespace}.`);
      return;
    }
    const progress = newProgress('consolidating', world);
    const stopped = new AbortController();
    void world.stopRequested.then(() => stopped.abort());
    const operation = await memory
      .consolidate(
        { namespace, ...given({ passes: flags.passes, dryRun: flags.dryRun }) },
        { wait: flags.wait, signal: stopped.signal, onProgress: ({ done, total }) => progress.at(done, total) },
      )
      .finally(() => progress.end());
    screen.one(operation, () => operationText(operation));
    if (operation.state === 'dead' || operation.state === 'cancelled') {
      const why = operation.error === null ? '' : `: ${operation.error}`;
      throw new Failed(`The operation ${operation.id} is ${operation.state}${why}.`);
    }
  });
}

function operationText({ id, state, dryRun, result }: Operation): string {
  if (result === null) return `${id}  ${state}`;
  const does = dryRun ? 'would be made' : 'made';
  const run = result.runId === null ? '' : `\nTake it back with: ecphory consolidate --revert ${result.runId}`;
  return `${result.memories} memories looked at; ${does}: ${changesText(result.changes)}${run}`;
}

function changesText(changes: Readonly<Record<string, number>>): string {
  const made = Object.entries(changes).map(([kind, count]) => `${count} ${kind}`);
  return made.length === 0 ? 'no changes' : made.join(', ');
}
