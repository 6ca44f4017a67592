import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../src/config.ts';
import { newAblateCommand } from './ablation/command.ts';
import { baselines } from './baselines/baselines.ts';
import { contextRecall, tokenLimits } from './context.ts';
import { loadBeam } from './datasets/beam.ts';
import { type Dataset, limitQuestions, unanswerablePart } from './datasets/dataset.ts';
import { loadHotpotQa } from './datasets/hotpotqa.ts';
import { loadLocomo } from './datasets/locomo.ts';
import { loadLongMemEval } from './datasets/longmemeval.ts';
import { type AnsweredQuestion, askQuestions, type Evaluation, evaluate, searchLimit } from './evaluate.ts';
import { newFactsCommand } from './facts/command.ts';
import { newForgettingCommand } from './forgetting/command.ts';
import { explainHardQuestions, type HardQuestion } from './hard-questions.ts';
import { newLinksCommand } from './links/command.ts';
import { newReportCommand } from './page/command.ts';
import { newProgress } from './progress.ts';
import { newQaCommand } from './qa/command.ts';
import { type Report, reportOf, reportText } from './report.ts';
import { newSegmentsCommand } from './segments/command.ts';
import { newServerClient } from './server/client.ts';
import { diskMegabytes, residentMemory } from './server/footprint.ts';
import { startServer } from './server/process.ts';
import { timelineRecall } from './timeline.ts';
import { newTwoStageCommand } from './two-stage/command.ts';

interface RunOptions {
  readonly json?: true;
  readonly limitQuestions?: number;
  readonly out?: string;
  readonly baselines?: true;
  /** `true`: of every size. */
  readonly context?: true | number;
}

/** `npm run eval -- ...`: one command a data set, all with the same options and the same answer. */
export function newEvalCommand(): Command {
  const program = new Command('eval')
    .description(
      'Measures how much of the evidence a search brings back, on public data sets, against the real server.',
    )
    .addHelpText(
      'after',
      `
Examples:
  npm run eval -- locomo data/locomo10.json
  npm run eval -- locomo data/locomo10.json --baselines
  npm run --silent eval -- longmemeval data/longmemeval_s.json --json --limit-questions 50 > run.json
  npm run eval -- beam data/beam/100K
  npm run eval -- hotpotqa data/hotpotqa.json data/hotpotqa_corpus.json

The server is started for the run with an empty database in a temporary folder and takes its settings from the
environment. Progress goes to stderr, the result to stdout.`,
    );
  const add = (name: string, description: string, example: string) =>
    program
      .command(name)
      .description(description)
      .addHelpText('after', `\nExample:\n  npm run eval -- ${name} ${example}`)
      .option('--json', 'print one JSON object alone on stdout')
      .option('--limit-questions <count>', 'ask only the first so many; store only what they draw on', parseCount)
      .option('--out <file>', 'also write the JSON there, with every question and what was returned')
      .option('--baselines', 'score simpler rankings beside it: BM25 naive and stemmed, recency only, dense only')
      .option(
        '--context [tokens]',
        'also measure the evidence in contexts of so many tokens, or of 500 to 4,000, and in timelines',
        parseCount,
      );

  add('locomo', 'LoCoMo: evidence turns of long conversations between two people', 'data/locomo10.json --baselines')
    .argument('<file>', 'locomo10.json or a part of it')
    .action(async (file: string, options: RunOptions) => run(await loadLocomo(file), options));
  add(
    'longmemeval',
    'LongMemEval: evidence turns and sessions among a haystack per question',
    'data/longmemeval_s.json --limit-questions 50',
  )
    .argument('<file>', 'longmemeval_s.json, _m.json or _oracle.json')
    .action(async (file: string, options: RunOptions) => run(await loadLongMemEval(file), options));
  add('beam', 'BEAM: source messages of ten abilities in long assistant chats', 'data/beam/100K')
    .argument('<directory>', 'a folder with chat.json, or with such folders below it')
    .action(async (directory: string, options: RunOptions) => {
      // They have no evidence: asked for the confidence in an answer to them, after and apart from the others.
      const unanswerable =
        options.limitQuestions === undefined
          ? unanswerablePart(await loadBeam(directory, { withoutEvidence: true }))
          : null;
      await run(await loadBeam(directory), options, unanswerable);
    });
  add(
    'hotpotqa',
    'HotpotQA, MuSiQue or 2WikiMultihopQA: supporting passages of questions that take several',
    'data/hotpotqa.json data/hotpotqa_corpus.json',
  )
    .aliases(['musique', 'multihop'])
    .argument('<questions>', 'questions as JSON, in the form of any of the three')
    .argument('<corpus>', 'passages as JSON: title to sentences, or a list of title and text')
    .action(async (questions: string, corpus: string, options: RunOptions) =>
      run(await loadHotpotQa(questions, corpus), options),
    );
  return program
    .addCommand(newQaCommand())
    .addCommand(newAblateCommand())
    .addCommand(newLinksCommand())
    .addCommand(newSegmentsCommand())
    .addCommand(newTwoStageCommand())
    .addCommand(newFactsCommand())
    .addCommand(newForgettingCommand())
    .addCommand(newReportCommand());
}

async function run(loaded: Dataset, options: RunOptions, unanswerable: Dataset | null = null): Promise<void> {
  const dataset = limitQuestions(loaded, options.limitQuestions ?? Number.POSITIVE_INFINITY);
  const { report, rows, searchMs, hard } = await measure(dataset, options, unanswerable);
  if (options.out !== undefined) {
    const questions = rows.map(({ conversation, question, ranked, confidence }, index) => ({
      id: question.id,
      conversation: conversation.id,
      category: question.category.name,
      question: question.text,
      gold: question.gold,
      ranked,
      confidence,
      search_ms: searchMs[index],
      ...(hard.has(question.id) && { explained: hard.get(question.id) }),
    }));
    await writeFile(options.out, `${JSON.stringify({ ...report, questions }, null, 1)}\n`);
  }
  process.stdout.write(`${options.json ? JSON.stringify(report) : reportText(report)}\n`);
}

interface Measured extends Pick<Evaluation, 'rows' | 'searchMs'> {
  readonly report: Report;
  /** Why the questions that found nothing found what they did, by question id. Asked only for a file of details. */
  readonly hard: ReadonlyMap<string, HardQuestion>;
}

async function measure(dataset: Dataset, options: RunOptions, unanswerable: Dataset | null): Promise<Measured> {
  const progress = newProgress(process.stderr);
  const directory = await mkdtemp(join(tmpdir(), 'ecphory-eval-'));
  try {
    // A key that the environment brings is not printed by the server.
    const { apiKey } = loadConfig();
    const server = await startServer({ directory, ...(apiKey !== null && { apiKey }) });
    const client = newServerClient(server);
    try {
      const evaluation = await evaluate(dataset, client, progress);
      const sizes = options.context === true ? tokenLimits : [options.context ?? 0];
      const isContext = options.context !== undefined;
      const context = isContext ? await contextRecall(dataset, evaluation, client, progress, sizes) : null;
      const timelines =
        isContext && dataset.name === 'beam' ? await timelineRecall(dataset, evaluation, client, progress) : null;
      const withoutEvidence =
        unanswerable === null ? [] : (await askQuestions(unanswerable, evaluation, client, progress)).rows;
      const report = reportOf({
        dataset,
        evaluation,
        baselines: new Map(
          (options.baselines ? baselines : []).map(({ name, ranker }) => [name, baselineRows(dataset, ranker)]),
        ),
        config: configuration(),
        rssMb: (await residentMemory(server.pid))?.peakMb ?? null,
        diskMb: await diskMegabytes(directory),
        context,
        timelines,
        withoutEvidence,
      });
      const { rows, searchMs } = evaluation;
      const hard =
        options.out === undefined
          ? new Map<string, HardQuestion>()
          : await explainHardQuestions(dataset, rows, client, progress);
      return { report, rows, searchMs, hard };
    } finally {
      client.close();
      await server.stop();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function baselineRows(dataset: Dataset, ranker: (typeof baselines)[number]['ranker']): AnsweredQuestion[] {
  return dataset.conversations.flatMap((conversation) => {
    const rank = ranker(conversation);
    return conversation.questions.map((question) => ({
      conversation,
      question,
      ranked: rank(question.text, searchLimit),
    }));
  });
}

/** What a figure depends on. The server reads the same environment. */
function configuration(): Readonly<Record<string, unknown>> {
  const { embedder, synchronous } = loadConfig();
  return {
    search_limit: searchLimit,
    reinforce: false,
    // Where an embedder comes from says what it is; its key is nobody's business.
    embedder: { ...embedder, apiKey: undefined },
    synchronous,
    node: process.version,
    machine: `${cpus()[0]?.model ?? 'unknown'} x ${cpus().length}`,
  };
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return count;
}
