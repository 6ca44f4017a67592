import { Command } from 'commander';
import { loadConfig } from '../../src/config.ts';
import { signalWeights } from '../../src/retrieval/weights.ts';
import { openInProcessMemory } from '../ablation/in-process.ts';
import { loadBeam } from '../datasets/beam.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { loadHotpotQa } from '../datasets/hotpotqa.ts';
import { loadLocomo } from '../datasets/locomo.ts';
import { newProgress } from '../progress.ts';
import { fixed, table } from '../table.ts';
import { type LinkRow, linkAblation } from './link-ablation.ts';

interface LinkOptions {
  readonly json?: true;
  readonly locomo?: string;
  readonly beam?: string;
  readonly hotpotqa?: readonly string[];
}

/** `npm run eval -- links ...` */
export function newLinksCommand(): Command {
  return new Command('links')
    .description('Recall with links of the first hits followed and without, at several weights, with a paired test.')
    .option('--json', 'print one JSON object alone on stdout')
    .option('--locomo <file>', 'locomo10.json or a part of it')
    .option('--hotpotqa <files...>', 'two files: questions and corpus')
    .option('--beam <directory>', 'a folder with chat.json, or with such folders below it')
    .addHelpText(
      'after',
      `
Example:
  npm run eval -- links --locomo data/locomo10.json --hotpotqa data/hotpotqa.json data/hotpotqa_corpus.json

Runs in process over the parts of the server, after its worker has looked at every memory. Links are made by rules.`,
    )
    .action(runLinks);
}

async function runLinks(options: LinkOptions): Promise<void> {
  const datasets = await givenSets(options);
  if (datasets.length === 0) throw new Error('No data set is given; see npm run eval -- links --help.');
  const progress = newProgress(process.stderr);
  const rows: LinkRow[] = [];
  for (const dataset of datasets) {
    const memory = await openInProcessMemory(loadConfig().embedder);
    try {
      rows.push(...(await linkAblation({ dataset, memory, shipped: signalWeights, progress })));
    } finally {
      await memory.close();
    }
  }
  const shipped = signalWeights.links;
  process.stdout.write(
    `${options.json ? JSON.stringify({ shipped_weight: shipped, rows }) : linksText(shipped, rows)}\n`,
  );
}

async function givenSets({ locomo, hotpotqa, beam }: LinkOptions): Promise<readonly Dataset[]> {
  const sets: Dataset[] = [];
  if (locomo !== undefined) sets.push(await loadLocomo(locomo));
  if (hotpotqa !== undefined) {
    const [questions, corpus, ...others] = hotpotqa;
    if (questions === undefined || corpus === undefined || others.length > 0) {
      throw new Error('--hotpotqa takes two files: questions and corpus.');
    }
    sets.push(await loadHotpotQa(questions, corpus));
  }
  if (beam !== undefined) sets.push(await loadBeam(beam));
  return sets;
}

function linksText(shipped: number, rows: readonly LinkRow[]): string {
  return [
    `links are shipped with weight ${shipped}`,
    '',
    table(
      ['set', 'part', 'n', 'recall', 'weight', 'off', 'on', 'difference', 'p'],
      rows.map((row) => [
        row.set,
        row.part,
        String(row.n),
        `@${row.cutoff}`,
        fixed(row.weight, 1),
        fixed(row.off, 3),
        fixed(row.on, 3),
        `${row.difference > 0 ? '+' : ''}${fixed(row.difference, 4)}`,
        fixed(row.p_value, 4),
      ]),
    ),
    '',
    'difference: on less off. p: paired permutation test over questions, two-sided, of that one comparison.',
  ].join('\n');
}
