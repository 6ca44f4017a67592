import { Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../../src/config.ts';
import { signalWeights } from '../../src/retrieval/weights.ts';
import { loadBeam } from '../datasets/beam.ts';
import { type Dataset, limitQuestions } from '../datasets/dataset.ts';
import { loadHotpotQa } from '../datasets/hotpotqa.ts';
import { loadLocomo } from '../datasets/locomo.ts';
import { loadLongMemEval } from '../datasets/longmemeval.ts';
import { newProgress } from '../progress.ts';
import { type Ablation, ablate, losses } from './ablation.ts';
import { ablationText } from './ablation-text.ts';
import { openInProcessMemory } from './in-process.ts';

interface AblateOptions {
  readonly json?: true;
  readonly locomo?: string;
  readonly longmemeval?: string;
  readonly beam?: string;
  readonly hotpotqa?: readonly string[];
  readonly limitQuestions?: number;
}

/** `npm run eval -- ablate ...` */
export function newAblateCommand(): Command {
  return new Command('ablate')
    .description('Turns every ranking signal off, one at a time, and on alone, and tests what that does to recall@10.')
    .option('--json', 'print one JSON object alone on stdout')
    .option('--locomo <file>', 'locomo10.json or a part of it')
    .option('--longmemeval <file>', 'longmemeval_s.json, _m.json or _oracle.json')
    .option('--beam <directory>', 'a folder with chat.json, or with such folders below it')
    .option('--hotpotqa <files...>', 'two files: questions and corpus')
    .option('--limit-questions <count>', 'ask only the first so many of every set', parseCount)
    .addHelpText(
      'after',
      `
Example:
  npm run eval -- ablate --locomo data/locomo10.json --hotpotqa data/hotpotqa.json data/hotpotqa_corpus.json

Runs in process over the parts of the server; its rankings are the server's. Exits with 1 when a set is found
significantly better without a signal that is shipped, and names it.`,
    )
    .action(runAblate);
}

async function runAblate(options: AblateOptions): Promise<void> {
  const datasets = await givenSets(options);
  if (datasets.length === 0) throw new Error('No data set is given; see npm run eval -- ablate --help.');
  const progress = newProgress(process.stderr);
  const ablations: Ablation[] = [];
  for (const dataset of datasets) {
    const memory = await openInProcessMemory(loadConfig().embedder);
    try {
      ablations.push(await ablate({ dataset, memory, shipped: signalWeights, progress }));
    } finally {
      await memory.close();
    }
  }
  const lost = losses(ablations);
  const { json } = options;
  process.stdout.write(`${json ? JSON.stringify(jsonOf(ablations)) : ablations.map(ablationText).join('\n\n')}\n`);
  for (const { signal, set, difference, p_adjusted } of lost) {
    process.stderr.write(
      `${signal} loses on ${set}: without it recall@10 is ${difference.toFixed(4)} higher (adjusted p ${p_adjusted.toFixed(4)}).\n`,
    );
  }
  if (lost.length > 0) process.exitCode = 1;
}

async function givenSets(options: AblateOptions): Promise<readonly Dataset[]> {
  const sets: Dataset[] = [];
  if (options.locomo !== undefined) sets.push(await loadLocomo(options.locomo));
  if (options.longmemeval !== undefined) sets.push(await loadLongMemEval(options.longmemeval));
  if (options.beam !== undefined) sets.push(await loadBeam(options.beam));
  if (options.hotpotqa !== undefined) {
    const [questions, corpus, ...others] = options.hotpotqa;
    if (questions === undefined || corpus === undefined || others.length > 0) {
      throw new Error('--hotpotqa takes two files: questions and corpus.');
    }
    sets.push(await loadHotpotQa(questions, corpus));
  }
  return sets.map((set) => limitQuestions(set, options.limitQuestions ?? Number.POSITIVE_INFINITY));
}

function jsonOf(ablations: readonly Ablation[]): object {
  return {
    shipped: Object.fromEntries(ablations.map(({ set, n, recall_at_10 }) => [set, { n, recall_at_10 }])),
    losses: losses(ablations).map(({ set, signal }) => ({ set, signal })),
    rows: ablations.flatMap(({ rows }) => rows),
  };
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return count;
}
