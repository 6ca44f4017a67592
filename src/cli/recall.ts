import { type Command, Option } from 'commander';
import { type ContextOrder, contextOrders } from '../memory/context-order.ts';
import type { Metadata } from '../memory/episode.ts';
import type { FactAnswer } from '../memory/knowledge.ts';
import type { SearchResult, Sequence } from '../memory/service.ts';
import { given, parseObject, parseWhole, textOf } from './arguments.ts';
import { asOneObject, type ConnectionFlags, connected, withConnection, withNamespace } from './connection.ts';
import { hitText } from './memory-text.ts';
import { harmless, oneLine } from './paint.ts';
import type { Screen } from './screen.ts';
import type { CommandWorld } from './world.ts';

interface CueFlags extends ConnectionFlags {
  readonly filter?: Metadata;
  readonly asOf?: string;
  readonly queryTime?: string;
}

interface SearchFlags extends CueFlags {
  readonly limit?: number;
  readonly explain?: boolean;
  readonly includeArchived?: boolean;
  readonly reinforce?: boolean;
}

interface ContextFlags extends CueFlags {
  readonly maxTokens?: number;
  readonly order?: ContextOrder;
  readonly neighbours?: boolean;
  readonly sources?: boolean;
  readonly gate?: boolean;
}

/** `ecphory search` and `ecphory context`. */
export function addRecallCommands(program: Command, world: CommandWorld): void {
  const search = program
    .command('search')
    .description('find memories')
    .argument('<query...>', 'only ever words; - reads it from standard input');
  withCue(search)
    .option('-l, --limit <number>', 'at most so many', parseWhole)
    .option('--explain', 'say why each was found')
    .option('--include-archived', 'also what was archived')
    .option('--reinforce', 'count what is found as used, so that it is kept longer')
    .addHelpText('after', searchExamples)
    .action((words: readonly string[], flags: SearchFlags) => runSearch(words, flags, world));

  const context = program
    .command('context')
    .description('what a search finds, as text for a prompt')
    .argument('<query...>', 'only ever words; - reads it from standard input');
  withCue(context)
    .option('--max-tokens <number>', 'of the whole text (2000)', parseWhole)
    .addOption(new Option('--order <order>', 'of the memories in it').choices(contextOrders))
    .option('--no-neighbours', 'without the question or answer beside a hit')
    .option('--sources', 'name memories by their ids')
    .option('--gate', 'give nothing when what is said needs no memory')
    .addHelpText('after', contextExamples)
    .action((words: readonly string[], flags: ContextFlags) => runContext(words, flags, world));
}

function withCue(command: Command): Command {
  return withConnection(withNamespace(command), asOneObject)
    .option('--filter <json>', 'such as \'{"event_at": {"$gte": "2024-01-01"}}\'', parseObject)
    .option('--as-of <time>', 'what was true and held then, ISO 8601')
    .option('--query-time <time>', 'when it is asked, for "last week"; now if left out');
}

const searchExamples = `
Examples:
  ecphory search "What is Alice allergic to?" --namespace users/alice
  ecphory search peanuts --namespace "users/**" --limit 3 --explain
  ecphory search "where does Clara live" --json | jq -r '.hits[].memory.text'`;

const contextExamples = `
Examples:
  ecphory context "What should I cook for Alice?" --namespace users/alice --max-tokens 500
  echo "$PROMPT" | ecphory context - --gate`;

async function runSearch(words: readonly string[], flags: SearchFlags, world: CommandWorld): Promise<void> {
  const query = await textOf(words, world);
  await connected(flags, world, async ({ memory, namespace, screen }) => {
    const { filter, asOf, queryTime: queryTimestamp, limit, explain, includeArchived, reinforce } = flags;
    const asked = given({ filter, asOf, queryTimestamp, limit, explain, includeArchived, reinforce });
    const result = await memory.search({ namespace, query, ...asked });
    screen.one(result, () => resultText(result, screen));
    if (flags.json === true) return;
    if (result.hits.length === 0) screen.note(`Nothing was found in ${namespace}.`);
    for (const reason of result.degraded) screen.note(`degraded: ${reason}`);
  });
}

function resultText(result: SearchResult, screen: Screen): string {
  const { hits, confidence, sequence, facts, archived = [] } = result;
  const { paint } = screen;
  const blocks = hits.map((hit, index) => hitText(hit, index + 1, screen));
  if (facts !== undefined) blocks.push(facts.answers.map((answer) => `${answerText(answer)}\n`).join(''));
  if (sequence !== undefined) blocks.push(`${sequenceText(sequence)}\n`);
  if (archived.length > 0) blocks.push(`archived, but found: ${archived.join(' ')}\n`);
  if (hits.length > 0) blocks.push(paint.dim(`confidence ${confidence.toFixed(2)}\n`));
  return blocks.join('\n');
}

function answerText({ value, polarity, since, until, path, disputed }: FactAnswer): string {
  const last = path.at(-1);
  const of = last === undefined ? '' : `${last.subject}: ${last.attribute} `;
  const when = [
    since === null ? '' : `since ${since.slice(0, 10)}`,
    until === null ? '' : `until ${until.slice(0, 10)}`,
  ];
  const about = [...when, disputed.length === 0 ? '' : 'disputed'].filter((part) => part !== '').join(', ');
  const says = oneLine(`${of}${polarity === 'negative' ? 'is not' : 'is'} ${value}`, null);
  return `fact  ${says}${about === '' ? '' : ` (${about})`}`;
}

function sequenceText({ kind, answer, elapsedMs, abstained, episodes }: Sequence): string {
  if (abstained !== null) return `order  ${kind}: no answer (${abstained})`;
  const days = elapsedMs === undefined ? '' : ` ${(elapsedMs / 86_400_000).toFixed(1)} days`;
  const at = episodes.map((episode) => `${episode.memoryId} at ${episode.at}`).join(', then ');
  return `order  ${kind}:${answer === null ? '' : ` ${answer}`}${days} ${at}`;
}

async function runContext(words: readonly string[], flags: ContextFlags, world: CommandWorld): Promise<void> {
  const query = await textOf(words, world);
  await connected(flags, world, async ({ memory, namespace, screen }) => {
    const { filter, asOf, queryTime: queryTimestamp, maxTokens, order, sources, gate } = flags;
    // The library says true of a `--no-` option that was not given.
    const neighbours = flags.neighbours === false ? false : undefined;
    const asked = given({ filter, asOf, queryTimestamp, maxTokens, order, neighbours, includeSources: sources, gate });
    const result = await memory.context({ namespace, query, ...asked });
    // A program is given the text as it is; on a terminal it must not do anything.
    screen.one(result, () => (screen.columns === null ? result.text : harmless(result.text)));
    if (flags.json === true) return;
    if (result.text === '')
      screen.note(result.gate?.isNeeded === false ? 'No memory is needed.' : 'Nothing was found.');
    else screen.note(`${result.memories.length} memories, ${result.tokens} tokens`);
    for (const reason of result.degraded) screen.note(`degraded: ${reason}`);
  });
}
