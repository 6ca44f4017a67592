import { pathToFileURL } from 'node:url';
import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import type { Analyzer } from '../../src/memory/analyzer.ts';
import { analyseCue } from '../../src/retrieval/cue.ts';
import { fused, highest, type Signal } from '../../src/retrieval/fuse.ts';
import { type Kinds, newKinds } from '../../src/retrieval/kinds.ts';
import { gathered, rank } from '../../src/retrieval/rank.ts';
import { newScratch } from '../../src/retrieval/scratch.ts';
import { signalWeights } from '../../src/retrieval/weights.ts';
import type { WorkingSet } from '../../src/retrieval/working-set.ts';
import { pairedPermutationTest } from '../ablation/paired-test.ts';
import { loadBeam } from '../datasets/beam.ts';
import type { Conversation, Dataset, Question } from '../datasets/dataset.ts';
import { loadHotpotQa } from '../datasets/hotpotqa.ts';
import { loadLocomo } from '../datasets/locomo.ts';
import { loadLongMemEval } from '../datasets/longmemeval.ts';
import { fractionalRecall } from '../metrics.ts';
import { mean } from '../statistics.ts';
import { conversationMemory } from './conversation-memory.ts';
import { type Concepts, entityConcepts, joinedConcepts, wordConcepts } from './graph/concepts.ts';
import { graphOf, nearness, type Walk } from './graph/walks.ts';

/**
 * Does a walk over the graph of notes and what they name find evidence that the ranking misses?
 *
 *   node dist/eval/train/graph-channel.js LOCOMO.json HOTPOT.json HOTPOT_CORPUS.json LONGMEMEVAL.json BEAM_FOLDER...
 *
 * Every question is ranked as shipped; the first hits are anchors from which personalised PageRank starts; what it finds
 * besides them is one more signal. Prints recall of every walk, fusion and weight against the ranking without it,
 * then what choosing among them on other conversations gives. What came of it is docs/decisions/0006-graph-channel.md.
 */
async function main([locomo, hotpot, corpus, longMemEval, ...beams]: readonly string[]): Promise<void> {
  if (locomo === undefined || hotpot === undefined || corpus === undefined || longMemEval === undefined) {
    throw new Error('Say where LoCoMo, HotpotQA, its corpus and LongMemEval are, then folders of BEAM.');
  }
  const asked: Asked[] = [];
  for (const dataset of [
    await loadHotpotQa(hotpot, corpus),
    await loadLocomo(locomo),
    ...(await Promise.all(beams.map(loadNamedBeam))),
    await loadLongMemEval(longMemEval),
  ]) {
    asked.push(...askedOf(dataset));
    process.stderr.write(`${dataset.name}: done\n`);
  }
  report(asked);
}

async function loadNamedBeam(folder: string): Promise<Dataset> {
  return { ...(await loadBeam(folder)), name: `beam ${folder.split('/').filter(Boolean).at(-1)}` };
}

const concepts = ['words', 'entities', 'both'] as const;

const walks: readonly Walk[] = [
  ...concepts.flatMap((kind) =>
    [3, 5, 8].flatMap((anchors) =>
      [false, true].flatMap((turns) =>
        [false, true].map((cue) => ({ concepts: kind, anchors, turns, cue, damping: 0.5 })),
      ),
    ),
  ),
  // The web's damping: a longer walk, at four times the cost.
  { concepts: 'entities', anchors: 5, turns: false, cue: false, damping: 0.85 },
];

/**
 * How a walk's finds join the others: added to the score of every candidate; added only below the anchors, whose places
 * are kept; or either of them in a ranking without association and bridge, which look one step ahead by themselves.
 */
const fusions = ['added', 'below', 'instead', 'instead below'] as const;
const graphWeights = [0.5, 1, 2, 4] as const;

interface Variant {
  readonly walk: Walk;
  readonly fusion: (typeof fusions)[number];
  readonly weight: number;
}

const variants: readonly Variant[] = walks.flatMap((walk) =>
  fusions
    .filter((fusion) => !isInstead(fusion) || (walk.anchors === 5 && !walk.turns && walk.damping === 0.5))
    .flatMap((fusion) => graphWeights.map((weight) => ({ walk, fusion, weight }))),
);

function isInstead(fusion: Variant['fusion']): boolean {
  return fusion.startsWith('instead');
}

/** Recall at 5 and at 10 of one question: as shipped, without association and bridge, and of every variant. */
interface Asked {
  readonly set: string;
  readonly group: string;
  readonly category: number | null;
  readonly shipped: Recall;
  readonly bare: Recall;
  readonly variants: readonly Recall[];
}

type Recall = readonly [at5: number, at10: number];

interface Memory {
  readonly set: WorkingSet;
  readonly turnIds: readonly string[];
  readonly concepts: Readonly<Record<Walk['concepts'], Concepts>>;
}

/** Hits of a walk that are looked at besides the candidates of the ranking. */
const novelMax = 50;
const groupsOfOne = 8;

function askedOf(dataset: Dataset): readonly Asked[] {
  const analyzer = newAnalyzer();
  const kinds = newKinds(analyzer);
  return dataset.conversations.flatMap((conversation) => {
    const memory = memoryOf(conversation, analyzer);
    const graphs = new Map(
      walks.map((walk) => [graphKey(walk), () => graphOf(memory.set, memory.concepts[walk.concepts], walk.turns)]),
    );
    const built = new Map([...graphs].map(([key, build]) => [key, build()]));
    return conversation.questions.map((question, index): Asked => {
      const group = dataset.conversations.length > 1 ? conversation.id : `${conversation.id} ${index % groupsOfOne}`;
      const recalls = recallsOf(question, memory, analyzer, kinds, (walk) => built.get(graphKey(walk))!);
      return { set: dataset.name, group: `${dataset.name} ${group}`, category: question.category.number, ...recalls };
    });
  });
}

function graphKey({ concepts, turns }: Walk): string {
  return `${concepts} ${turns}`;
}

function recallsOf(
  question: Question,
  { set, turnIds, concepts }: Memory,
  analyzer: Analyzer,
  kinds: Kinds,
  graphFor: (walk: Walk) => ReturnType<typeof graphOf>,
): Pick<Asked, 'shipped' | 'bare' | 'variants'> {
  const cue = analyseCue(question.text, analyzer, set);
  const eligible = new Uint8Array(set.size).fill(1);
  const scratch = newScratch();
  const similarities = new Map<number, number>();
  const input = { set, cue, analyzer, kinds, eligible, similarities, weights: signalWeights, limit: 10, scratch };
  const anchors = rank(input).hits.map(({ slot }) => slot);
  const shipped = recallOf(anchors);
  // An account is put together by other rules; a walk has no place in it.
  if (cue.asks.order || cue.asks.summary) return { shipped, bare: shipped, variants: variants.map(() => shipped) };

  const inCue = {
    words: concepts.words.inCue(question.text),
    entities: concepts.entities.inCue(question.text),
    both: concepts.both.inCue(question.text),
  };
  const bareAnchors = ((): readonly number[] => {
    const { candidates, signals } = gathered(input);
    return topOf(candidates, fused(candidates.length, withoutSecondRound(signals))).slice(0, 10);
  })();
  const found = variants
    .filter(({ weight }) => weight === graphWeights[0])
    .filter(({ fusion }) => !fusion.endsWith('below'));
  const nearOf = new Map(
    found.map(({ walk, fusion }) => {
      const from = isInstead(fusion) ? bareAnchors : anchors;
      const walked = { walk, graph: graphFor(walk), notes: set.size, anchors: from, concepts: inCue[walk.concepts] };
      return [nearKey(walk, fusion), nearness(walked) ?? new Float64Array(set.size)];
    }),
  );
  // A similarity of 0 makes a note a candidate and says nothing else for it.
  const novel = [...nearOf.values()].flatMap((near) => highest(near, novelMax, (a, b) => a < b));
  const { candidates, signals } = gathered({ ...input, similarities: new Map(novel.map((slot) => [slot, 0])) });
  const full = fused(candidates.length, signals);
  const bare = fused(candidates.length, withoutSecondRound(signals));
  return {
    shipped,
    bare: recallOf(bareAnchors),
    variants: variants.map(({ walk, fusion, weight }) => {
      const near = nearOf.get(nearKey(walk, fusion))!;
      const scores = (isInstead(fusion) ? bare : full).map((score, row) => score + weight * near[candidates[row]!]!);
      const kept = fusion.endsWith('below') ? (isInstead(fusion) ? bareAnchors : anchors).slice(0, walk.anchors) : [];
      return recallOf([...kept, ...topOf(candidates, scores).filter((slot) => !kept.includes(slot))]);
    }),
  };

  function nearKey(walk: Walk, fusion: Variant['fusion']): string {
    return `${walks.indexOf(walk)} ${isInstead(fusion)}`;
  }

  function topOf(candidates: readonly number[], scores: Float64Array): readonly number[] {
    // Twice ten, as the anchors among them may be taken out.
    return highest(scores, 20, (a, b) => set.idOf(candidates[a]!) < set.idOf(candidates[b]!)).map(
      (row) => candidates[row]!,
    );
  }

  function recallOf(slots: readonly number[]): Recall {
    const ids = slots.map((slot) => turnIds[slot]!);
    return [fractionalRecall(ids, question.gold, 5), fractionalRecall(ids, question.gold, 10)];
  }
}

function withoutSecondRound(signals: readonly Signal[]): readonly Signal[] {
  return signals.filter(({ name }) => !name.startsWith('association') && name !== 'bridge');
}

/** What is compared: a set or a part of it, and how deep. */
interface Measure {
  readonly name: string;
  readonly of: (asked: Asked) => boolean;
  readonly at: 0 | 1;
}

function measuresOf(asked: readonly Asked[]): readonly Measure[] {
  const sets = [...new Set(asked.map(({ set }) => set))];
  return sets.flatMap((name): Measure[] => {
    const of = ({ set }: Asked): boolean => set === name;
    if (name === 'hotpotqa') {
      return [
        { name: 'hotpotqa@5', of, at: 0 },
        { name: 'hotpotqa@10', of, at: 1 },
      ];
    }
    const all: Measure = { name: `${name}@10`, of, at: 1 };
    if (name !== 'locomo') return [all];
    return [all, { name: 'locomo-1@10', of: (one) => of(one) && one.category === 1, at: 1 }];
  });
}

const shownMax = 12;

function report(asked: readonly Asked[]): void {
  const measures = measuresOf(asked).map((measure) => ({ ...measure, rows: asked.filter(measure.of) }));
  print(['', ...measures.map(({ name, rows }) => `${name} (${rows.length})`)]);
  print(['as shipped', ...measures.map(({ rows, at }) => recallText(rows.map(({ shipped }) => shipped[at])))]);
  print([
    'without association, bridge',
    ...measures.map(({ rows, at }) => recallText(rows.map(({ bare }) => bare[at]))),
  ]);

  const figures = variants.map((variant, index) => ({
    variant,
    index,
    differences: measures.map(({ rows, at }) => mean(rows.map((row) => row.variants[index]![at] - row.shipped[at]))),
  }));
  const loss = ({ differences }: (typeof figures)[number]): number => Math.min(...differences);
  const gain = ({ differences }: (typeof figures)[number]): number => mean(differences);
  const harmless = figures.filter((figure) => loss(figure) >= -1e-9 && gain(figure) > 0);
  print([`${variants.length} variants; ${harmless.length} gain somewhere and lose nowhere`]);
  for (const fusion of fusions) {
    print([`best by mean difference, ${fusion}:`]);
    const best = figures.filter(({ variant }) => variant.fusion === fusion).sort((a, b) => gain(b) - gain(a));
    for (const figure of best.slice(0, shownMax)) printFigure(figure);
  }
  print(['lose nowhere:']);
  for (const figure of harmless.sort((a, b) => gain(b) - gain(a)).slice(0, shownMax)) printFigure(figure);
  for (const [column, { name, rows, at }] of measures.entries()) {
    const [best] = [...figures].sort((a, b) => b.differences[column]! - a.differences[column]!);
    // The best of so many: this p is of a test that was chosen after the fact, so that a small one would prove little.
    const { pValue } = pairedPermutationTest(
      rows.map((row) => row.shipped[at]),
      rows.map((row) => row.variants[best!.index]![at]),
    );
    const figure = signed(best!.differences[column]!);
    print([`best of all for ${name}: ${labelOf(best!.variant)} ${figure}`, `p ${pValue.toFixed(3)}`]);
  }
  for (const { name, rows, at } of measures)
    print([`chosen on other conversations, ${name}`, signed(heldOut(rows, at))]);
  print(['one choice for all sets, made on other conversations', ...heldOutTogether(asked, measures)]);

  function printFigure({ variant, differences }: (typeof figures)[number]): void {
    print([labelOf(variant), ...differences.map(signed)]);
  }
}

/** The mean difference when each conversation is asked with the variant that did best on the set's others, or with none. */
function heldOut(rows: readonly Asked[], at: 0 | 1): number {
  const groups = [...new Set(rows.map(({ group }) => group))];
  const differences = groups.flatMap((group) => {
    const best = bestOf([{ rows: rows.filter((row) => row.group !== group), at }]);
    return rows.filter((row) => row.group === group).map((row) => differenceOf(row, best, at));
  });
  return mean(differences);
}

type Part = { readonly rows: readonly Asked[]; readonly at: 0 | 1 };

/** As above, but the variant is one for all sets: the one with the highest mean over the measures. Folds are of several groups. */
function heldOutTogether(asked: readonly Asked[], measures: readonly (Measure & Part)[]): readonly string[] {
  const foldOf = new Map<string, number>();
  for (const { group } of asked) if (!foldOf.has(group)) foldOf.set(group, foldOf.size % 4);
  const chosen = [0, 1, 2, 3].map((fold) =>
    bestOf(measures.map(({ rows, at }) => ({ rows: rows.filter((row) => foldOf.get(row.group) !== fold), at }))),
  );
  const shown = chosen.map((index) => (index < 0 ? 'none' : labelOf(variants[index]!))).join('; ');
  return [
    ...measures.map(({ name, rows, at }) => {
      const value = mean(rows.map((row) => differenceOf(row, chosen[foldOf.get(row.group)!]!, at)));
      return `${name} ${signed(value)}`;
    }),
    `chosen: ${shown}`,
  ];
}

/** -1 for none. */
function bestOf(parts: readonly Part[]): number {
  let best = -1;
  let most = 0;
  for (const index of variants.keys()) {
    const gain = mean(parts.map(({ rows, at }) => mean(rows.map((row) => differenceOf(row, index, at)))));
    if (gain > most + 1e-12) {
      best = index;
      most = gain;
    }
  }
  return best;
}

function differenceOf(row: Asked, variant: number, at: 0 | 1): number {
  return variant < 0 ? 0 : row.variants[variant]![at] - row.shipped[at];
}

function labelOf({ walk, fusion, weight }: Variant): string {
  const parts = [walk.concepts, `${walk.anchors} anchors`, `damping ${walk.damping}`, `${fusion} x${weight}`];
  return [...parts, ...(walk.turns ? ['turns'] : []), ...(walk.cue ? ['cue'] : [])].join(', ');
}

function recallText(values: readonly number[]): string {
  return mean(values).toFixed(3);
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(3)}`;
}

function print(cells: readonly string[]): void {
  process.stdout.write(`${cells.join(' | ')}\n`);
}

function memoryOf(conversation: Conversation, analyzer: Analyzer): Memory {
  const { set, turns } = conversationMemory(conversation, analyzer);
  const words = wordConcepts(set, analyzer);
  const entities = entityConcepts(
    set,
    turns.map(({ text }) => text),
  );
  return {
    set,
    turnIds: turns.map(({ id }) => id),
    concepts: { words, entities, both: joinedConcepts(words, entities) },
  };
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await main(process.argv.slice(2));
}
