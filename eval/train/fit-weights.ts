import { loadBeam } from '../datasets/beam.ts';
import { loadHotpotQa } from '../datasets/hotpotqa.ts';
import { loadLocomo } from '../datasets/locomo.ts';
import { examplesOf } from './examples.ts';
import { type Example, fitted, rankedRows } from './fit.ts';

/**
 * `node dist/eval/train/fit-weights.js LOCOMO.json BEAM_FOLDER HOTPOT.json HOTPOT_CORPUS.json`: the weights of
 * `src/retrieval/weights.ts`, and recall@10 of questions whose conversations took no part in the fit.
 */
const [locomoPath, beamPath, hotpotPath, corpusPath] = process.argv.slice(2);
if (locomoPath === undefined || beamPath === undefined || hotpotPath === undefined || corpusPath === undefined) {
  process.stderr.write('Usage: fit-weights LOCOMO.json BEAM_FOLDER HOTPOT.json HOTPOT_CORPUS.json\n');
  process.exitCode = 2;
} else {
  const sets = [await loadLocomo(locomoPath), await loadBeam(beamPath), await loadHotpotQa(hotpotPath, corpusPath)];
  const parts = sets.map(examplesOf);
  const signals = parts[0]?.signals ?? [];
  const examples = parts.flatMap((part) => part.examples);
  for (const [set, recall] of heldOut(examples, signals.length)) {
    process.stdout.write(`held out ${set}: recall@10 ${recall.toFixed(3)}\n`);
  }
  const weights = fitted(examples, signals.length);
  for (const [index, signal] of signals.entries()) {
    process.stdout.write(`${signal}: ${(weights[index] ?? 0).toFixed(2)}\n`);
  }
}

/** Four folds, each with whole conversations of every set. */
function heldOut(examples: readonly Example[], signals: number): ReadonlyMap<string, number> {
  const folds = 4;
  const foldOf = new Map<string, number>();
  const groupsOfSet = new Map<string, number>();
  for (const { set, group } of examples) {
    if (foldOf.has(group)) continue;
    const position = groupsOfSet.get(set) ?? 0;
    groupsOfSet.set(set, position + 1);
    foldOf.set(group, position % folds);
  }
  const sums = new Map<string, { recall: number; count: number }>();
  for (let fold = 0; fold < folds; fold += 1) {
    const learned = fitted(
      examples.filter(({ group }) => foldOf.get(group) !== fold),
      signals,
    );
    for (const example of examples.filter(({ group }) => foldOf.get(group) === fold)) {
      const gold = new Set(example.gold);
      const found = rankedRows(example, learned)
        .slice(0, 10)
        .filter((row) => gold.has(row)).length;
      const sum = sums.get(example.set) ?? { recall: 0, count: 0 };
      sums.set(example.set, { recall: sum.recall + found / example.goldCount, count: sum.count + 1 });
    }
  }
  return new Map([...sums].map(([set, { recall, count }]) => [set, recall / count]));
}
