import type { Command } from 'commander';
import type { Profile, Stats } from '../memory/upkeep.ts';
import { given, parseWhole } from './arguments.ts';
import { asOneObject, type ConnectionFlags, connected, withConnection, withNamespace } from './connection.ts';
import { factLine, fields, memoryLine } from './memory-text.ts';
import { oneLine } from './paint.ts';
import type { Screen } from './screen.ts';
import type { CommandWorld } from './world.ts';

interface TimelineFlags extends ConnectionFlags {
  readonly topic?: string;
  readonly entity?: string;
  readonly from?: string;
  readonly until?: string;
  readonly limit?: number;
}

interface ProfileFlags extends ConnectionFlags {
  readonly asOf?: string;
  readonly prompt?: boolean;
}

/** `ecphory timeline`, `profile` and `stats`. */
export function addOverviewCommands(program: Command, world: CommandWorld): void {
  withConnection(withNamespace(program.command('timeline').description('what happened, in order')))
    .option('--topic <words>', 'what it is to be about')
    .option('--entity <name>', 'whom it is to be about, by id or name')
    .option('--from <time>', 'ISO 8601')
    .option('--until <time>', 'ISO 8601')
    .option('-l, --limit <number>', 'at most so many', parseWhole)
    .addHelpText('after', timelineExamples)
    .action((flags: TimelineFlags) =>
      connected(flags, world, async ({ memory, namespace, screen }) => {
        const { topic, entity, from, until, limit } = flags;
        const events = await memory.timeline({ namespace, ...given({ topic, entity, from, until, limit }) });
        screen.each(
          events,
          ({ at, kind, text }) => `${at.slice(0, 10)}  ${kind.padEnd(10)}  ${oneLine(text, roomAfter(screen, 24))}`,
          `Nothing happened in ${namespace}.`,
        );
      }),
    );

  const profile = program.command('profile').description('who a namespace is about, from its facts and instructions');
  withConnection(withNamespace(profile), asOneObject)
    .option('--as-of <time>', 'as it was known then, ISO 8601')
    .option('--prompt', 'only the text for the head of a prompt')
    .addHelpText('after', profileExamples)
    .action((flags: ProfileFlags) =>
      connected(flags, world, async ({ memory, namespace, screen }) => {
        const found = await memory.profile({ namespace, ...given({ asOf: flags.asOf }) });
        screen.one(found, () => (flags.prompt === true ? found.text : profileText(found, screen)));
        if (found.text === '' && flags.json !== true) screen.note(`Nothing is held of ${namespace} yet.`);
      }),
    );

  const stats = program.command('stats').description('what a namespace holds, and in what state it is');
  withConnection(withNamespace(stats), asOneObject)
    .addHelpText('after', '\nExamples:\n  ecphory stats --namespace users/alice\n  ecphory stats --json | jq .memories')
    .action((flags: ConnectionFlags) =>
      connected(flags, world, async ({ memory, namespace, screen }) => {
        const found = await memory.stats(namespace);
        screen.one(found, () => statsText(found));
      }),
    );
}

const timelineExamples = `
Examples:
  ecphory timeline --namespace users/alice --from 2024-05-01 --until 2024-06-01
  ecphory timeline --namespace users/alice --topic "the move to Porto"
  ecphory timeline --namespace users/alice --entity Clara --json`;

const profileExamples = `
Examples:
  ecphory profile --namespace users/alice
  ecphory profile --namespace users/alice --prompt >> system-prompt.txt`;

function roomAfter({ columns }: Screen, used: number): number | null {
  return columns === null ? null : columns - used;
}

function profileText(profile: Profile, screen: Screen): string {
  const groups = [
    ['facts', profile.facts],
    ['current', profile.current],
    ['preferences', profile.preferences],
    ['relationships', profile.relationships],
  ] as const;
  const blocks = groups.map(([name, facts]) =>
    block(
      name,
      facts.map((fact) => factLine(fact, screen)),
      screen,
    ),
  );
  const instructions = profile.instructions.map((memory) => memoryLine(memory, screen));
  return [...blocks, block('instructions', instructions, screen)].join('');
}

function block(name: string, lines: readonly string[], { paint }: Screen): string {
  return lines.length === 0 ? '' : `${paint.bold(name)}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function statsText(stats: Stats): string {
  const { memories, kinds, facts, duplicates, growth, retention } = stats;
  const counts = (all: Readonly<Record<string, number>>) =>
    Object.entries(all)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const added = growth.reduce((sum, day) => sum + day.added, 0);
  return fields([
    ['namespace', stats.namespace],
    ['memories', counts(memories) || 'none'],
    ['kinds', counts(kinds)],
    ['pinned', String(stats.pinned)],
    ['facts', counts(facts) || 'none'],
    ['entities', String(stats.entities)],
    ['links', String(stats.links)],
    ['duplicates', `${duplicates.memories} in ${duplicates.groups} groups`],
    ['stale', `${stats.stale} summaries`],
    ['never used', String(stats.neverUsed)],
    ['owed a look', String(stats.underived)],
    ['growth', `${added} on the last ${growth.length} days with any`],
    ['retrievability', retention.map((count, bin) => `${(bin / 10).toFixed(1)}: ${count}`).join('  ')],
  ]);
}
