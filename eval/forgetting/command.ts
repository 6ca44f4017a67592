import { Command, InvalidArgumentError } from 'commander';
import { loadBeam } from '../datasets/beam.ts';
import type { Conversation } from '../datasets/dataset.ts';
import { loadLocomo } from '../datasets/locomo.ts';
import { mean } from '../statistics.ts';
import { type Lived, liveThrough } from './live-through.ts';
import { forgettingPolicies } from './policies.ts';
import { type Year, yearOf } from './year.ts';

interface ForgettingOptions {
  readonly locomo?: string;
  readonly beam?: string;
  readonly json?: true;
  readonly shares: readonly number[];
  readonly conversations: number;
  readonly questions: number;
  readonly policies?: readonly string[];
  readonly volume: number;
  readonly seed: number;
}

/** The share of all notes that may be active where policies are compared by one figure each. */
const comparedShare = 0.4;

/** `npm run eval -- forgetting`: does forgetting cost recall, and what does it buy? */
export function newForgettingCommand(): Command {
  return new Command('forgetting')
    .description(
      'A year after each conversation, with ten times as much unrelated talk: what forgetting costs and buys.',
    )
    .addHelpText(
      'after',
      `
Examples:
  npm run eval -- forgetting --locomo data/locomo10.json --beam data/beam/100K
  npm run --silent eval -- forgetting --beam data/beam/100K --shares .4 --json`,
    )
    .option('--locomo <file>', 'locomo10.json or a part of it')
    .option('--beam <directory>', 'a folder with chat.json, or with such folders below it')
    .option('--json', 'print one JSON object alone on stdout')
    .option(
      '--shares <list>',
      'of all notes, how many may be active: points of the curve',
      parseShares,
      [0.1, 0.2, 0.4, 0.6],
    )
    .option('--conversations <count>', 'only the first so many of each set', Number, Number.POSITIVE_INFINITY)
    .option('--questions <count>', 'only the first so many of each conversation', Number, Number.POSITIVE_INFINITY)
    .option('--policies <names>', 'only these', (text) => text.split(','))
    .option('--volume <factor>', 'unrelated notes for each of the conversation', Number, 10)
    .option('--seed <number>', 'another one makes other talk', Number, 1)
    .action(async (options: ForgettingOptions) => {
      const report = await measured(options);
      process.stdout.write(`${JSON.stringify(report, null, options.json ? 0 : 1)}\n`);
    });
}

async function measured(options: ForgettingOptions): Promise<object> {
  const sets = [
    ...(options.locomo === undefined ? [] : [await loadLocomo(options.locomo)]),
    ...(options.beam === undefined ? [] : [await loadBeam(options.beam)]),
  ];
  if (sets.length === 0) throw new InvalidArgumentError('Give --locomo, --beam or both.');
  const policies = forgettingPolicies.filter(({ name }) => options.policies?.includes(name) ?? true);
  const off: LivedIn[] = [];
  const lived = new Map<string, LivedIn[]>();
  const years: Year[] = [];
  for (const { name: set, conversations } of sets) {
    for (const [index, whole] of conversations.slice(0, options.conversations).entries()) {
      const conversation: Conversation = { ...whole, questions: whole.questions.slice(0, options.questions) };
      const year = await yearOf(conversation, options);
      years.push(year);
      tell(`${set} ${index + 1}: ${year.notes} notes, ${conversation.questions.length} questions`);
      off.push({ set, lived: await liveThrough(year, { policy: null, share: 1 }) });
      for (const policy of policies) {
        for (const share of options.shares) {
          const key = keyOf(policy.name, share);
          const one = { set, lived: await liveThrough(year, { policy, share }) };
          lived.set(key, [...(lived.get(key) ?? []), one]);
        }
        tell(`  ${policy.name}`);
      }
    }
  }
  const compared = options.shares.includes(comparedShare) ? comparedShare : (options.shares[0] ?? comparedShare);
  const figures = (rows: readonly LivedIn[]) => ({
    ...summary(rows),
    ...Object.fromEntries(sets.map(({ name }) => [name, summary(rows.filter(({ set }) => set === name))])),
  });
  return {
    policies: policies.map(({ name }) => ({
      name,
      ...figures(lived.get(keyOf(name, compared)) ?? []),
      curve: options.shares.map((share) => ({ capacity: share, ...summary(lived.get(keyOf(name, share)) ?? []) })),
    })),
    off: figures(off),
    mean_importance: {
      conversation: rounded(mean(years.map(({ importance }) => importance.conversation))),
      unrelated: rounded(mean(years.map(({ importance }) => importance.unrelated))),
    },
  };
}

interface LivedIn {
  readonly set: string;
  readonly lived: Lived;
}

/** Over all askings of all conversations; `first_asked` are those of questions that nobody had asked before. */
function summary(rows: readonly LivedIn[]) {
  const askings = rows.flatMap(({ lived }) => lived.askings);
  const current = askings.flatMap(({ isCurrent }) => (isCurrent === null ? [] : [isCurrent ? 1 : 0]));
  const recall = (of: typeof askings) => rounded(mean(of.map((asking) => asking.recall)));
  return {
    kept_share: rounded(mean(rows.map(({ lived }) => lived.keptShare))),
    kept_of_conversation: rounded(mean(rows.map(({ lived }) => lived.keptOfConversation))),
    recall_at_10: recall(askings),
    first_asked: recall(askings.filter(({ isFirst }) => isFirst)),
    asked_again: recall(askings.filter(({ isFirst }) => !isFirst)),
    after_a_year: recall(askings.filter(({ month }) => month === 12)),
    with_offers: rounded(mean(askings.map(({ recallWithOffers }) => recallWithOffers))),
    knowledge_update: rounded(mean(current)),
    askings: askings.length,
    updates: current.length,
  };
}

function keyOf(name: string, share: number): string {
  return `${name} ${share}`;
}

function rounded(value: number): number | null {
  return Number.isNaN(value) ? null : Math.round(value * 10_000) / 10_000;
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

function parseShares(text: string): readonly number[] {
  const shares = text.split(',').map(Number);
  if (shares.some((share) => !(share > 0 && share <= 1))) throw new InvalidArgumentError('Each is over 0 and up to 1.');
  return shares;
}
