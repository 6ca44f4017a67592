import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../../src/config.ts';
import { newServerClient, type ServerClient } from '../server/client.ts';
import { startServer } from '../server/process.ts';
import { type FactScore, type Measured, measureFacts } from './measure.ts';
import { naturalSet, type WordingGroup, wordingGroups } from './natural-set.ts';
import { structuredSet } from './structured-set.ts';

interface FactsOptions {
  readonly json?: true;
  readonly lengths: readonly number[];
  readonly seed: number;
  readonly questions: number;
  readonly groups: readonly WordingGroup[];
  readonly wrong?: true;
}

/** Of the natural sets, tokens: what a person says to an assistant in some weeks, and in a year. */
const naturalLengths = [6_000, 32_000] as const;

/** `npm run eval -- facts`: knowledge updates, generated, through the real server and with no model. */
export function newFactsCommand(): Command {
  return new Command('facts')
    .description(
      'Generated facts that change: numbered ones of which the later counts, and the same inside ordinary chat.',
    )
    .addHelpText(
      'after',
      `
The first of \`facts.answers\` of a search is scored: right when the expected answer is part of it, both normalised as in SQuAD
(the substring match of MemoryAgentBench). Lengths are in tokens of four characters.

Examples:
  npm run eval -- facts
  npm run --silent eval -- facts --lengths 6000,262000 --json`,
    )
    .option('--json', 'print one JSON object alone on stdout')
    .option('--lengths <tokens>', 'lengths of the structured sets', parseLengths, [6_000, 32_000, 64_000, 262_000])
    .option('--seed <number>', 'another one makes other sets', Number, 1)
    .option('--questions <count>', 'of each kind, per structured set', Number, 100)
    .option('--groups <names>', 'of the natural sets', parseGroups, wordingGroups)
    .option('--wrong', 'print what was answered wrongly to stderr')
    .action(async (options: FactsOptions) => {
      const report = await measured(options);
      process.stdout.write(`${JSON.stringify(report, null, options.json ? 0 : 1)}\n`);
    });
}

async function measured({ lengths, seed, questions, wrong, groups }: FactsOptions): Promise<object> {
  const directory = await mkdtemp(join(tmpdir(), 'ecphory-facts-'));
  try {
    const { apiKey } = loadConfig();
    const server = await startServer({ directory, ...(apiKey !== null && { apiKey }) });
    const client = newServerClient(server);
    try {
      const rows: Row[] = [];
      for (const tokens of lengths) {
        rows.push(await row('structured', tokens, structuredSet(tokens, seed, questions), client));
      }
      for (const tokens of naturalLengths) {
        for (const group of groups) rows.push(await row(group, tokens, naturalSet(tokens, seed, group), client));
      }
      if (wrong)
        for (const { kind, result } of rows)
          for (const line of result.wrong) process.stderr.write(`${kind} ${JSON.stringify(line)}\n`);
      return {
        structured: summary(rows, 'structured'),
        natural: {
          ...summary(rows, 'developed'),
          held_out: summary(rows, 'held_out'),
          independent: summary(rows, 'independent'),
        },
        by_length: rows.map(({ kind, tokens, facts, result }) => ({
          kind,
          tokens,
          facts,
          questions: result.single.asked + result.double.asked,
          single_hop: share([result.single]),
          two_hop: share([result.double]),
          consolidation_ms: result.consolidationMs,
        })),
      };
    } finally {
      client.close();
      await server.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

interface Row {
  readonly kind: 'structured' | WordingGroup;
  readonly tokens: number;
  readonly facts: number;
  readonly result: Measured;
}

async function row(
  kind: Row['kind'],
  tokens: number,
  set: Parameters<typeof measureFacts>[0],
  client: ServerClient,
): Promise<Row> {
  process.stderr.write(`${kind} ${tokens}: ${set.facts} facts, ${set.questions.length} questions\n`);
  return { kind, tokens, facts: set.facts, result: await measureFacts(set, `facts/${kind}-${tokens}`, client) };
}

function summary(rows: readonly Row[], kind: Row['kind']) {
  const own = rows.filter((row) => row.kind === kind);
  return {
    single_hop: share(own.map(({ result }) => result.single)),
    two_hop: share(own.map(({ result }) => result.double)),
  };
}

/** Right ones of all, to three places; null when nothing was asked. */
function share(scores: readonly FactScore[]): number | null {
  const asked = scores.reduce((sum, score) => sum + score.asked, 0);
  const right = scores.reduce((sum, score) => sum + score.right, 0);
  return asked === 0 ? null : Math.round((right / asked) * 1_000) / 1_000;
}

function parseLengths(text: string): readonly number[] {
  const lengths = text.split(',').map(Number);
  if (lengths.some((length) => !Number.isInteger(length) || length < 500))
    throw new InvalidArgumentError('They must be whole numbers from 500.');
  return lengths;
}

function parseGroups(text: string): readonly WordingGroup[] {
  const names = text.split(',');
  const unknown = names.find((name) => !wordingGroups.some((group) => group === name));
  if (unknown !== undefined) throw new InvalidArgumentError(`They are ${wordingGroups.join(', ')}.`);
  return wordingGroups.filter((group) => names.includes(group));
}
