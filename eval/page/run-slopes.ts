import { pairedPermutationTest } from '../ablation/paired-test.ts';
import { coordinate, drawing, linearScale, path, shareText, signedShareText, spreadLabels } from './chart.ts';
import { type Html, html } from './html.ts';
import { categoryLabel, type Run, recallAt10 } from './run-file.ts';

/** How recall@10 moved from run to run, a line a category, coloured by where it ends. Needs two runs or more. */
export function runSlopes(runs: readonly Run[]): Html {
  const lines = linesOf(runs);
  const values = lines.flatMap(({ recalls }) => recalls);
  const domain = { from: Math.min(...values, 1), to: Math.max(...values, 0) };
  const height = Math.max(260, lines.length * 20 + top + bottom);
  const x = linearScale({ from: 0, to: runs.length - 1 }, { from: side, to: width - side });
  const y = linearScale(domain, { from: height - bottom, to: top });
  const places = { from: top - 8, to: height - bottom + 8 };
  const starts = spreadLabels(
    lines.map(({ recalls }) => y(recalls[0] ?? 0)),
    18,
    places,
  );
  const ends = spreadLabels(
    lines.map(({ recalls }) => y(recalls.at(-1) ?? 0)),
    18,
    places,
  );
  const stems = runs.map(
    (
      { name, colour },
      index,
    ) => html`<line class="grid" x1="${coordinate(x(index))}" x2="${coordinate(x(index))}" y1="${top - 10}" y2="${height - bottom + 10}"/>
<text class="text-${colour} strong middle" x="${coordinate(x(index))}" y="12">${name}</text>`,
  );
  const drawn = lines.map(({ label, recalls, isTotal }, index) => {
    const first = recalls[0] ?? 0;
    const last = recalls.at(-1) ?? 0;
    const direction = Math.abs(last - first) < 0.0005 ? 'alike' : last > first ? 'better' : 'worse';
    const weight = isTotal ? 'strong' : '';
    const [start = 0, end = 0] = [starts[index], ends[index]];
    return html`<path class="curve ${direction} ${isTotal ? 'thick' : ''}" d="${path(recalls.map((recall, run) => [x(run), y(recall)]))}"/>
<path class="curve grid" d="${path([
      [side - 6, start],
      [side, y(first)],
    ])}"/>
<path class="curve grid" d="${path([
      [width - side, y(last)],
      [width - side + 6, end],
    ])}"/>
<text class="end ${weight}" x="${side - 10}" y="${coordinate(start)}">${label} ${shareText(first)}</text>
<text class="${weight}" x="${width - side + 10}" y="${coordinate(end)}">${shareText(last)} <tspan class="soft">${signedShareText(last - first)}</tspan></text>`;
  });
  return drawing({ width, height }, 'recall at 10 from run to run', [...stems, ...drawn]);
}

/** In words, question by question: first run against last. Null unless both files hold the same questions. */
export function pairedDifference(runs: readonly Run[]): Html | null {
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined || first === last) return null;
  const before = new Map(first.questions.map((question) => [question.id, recallAt10(question)]));
  const after = last.questions.filter(({ id }) => before.has(id));
  if (after.length === 0) return null;
  const base = after.map(({ id }) => before.get(id) ?? 0);
  const changed = after.map(recallAt10);
  const better = changed.filter((recall, index) => recall > base[index]!).length;
  const worse = changed.filter((recall, index) => recall < base[index]!).length;
  const { difference, pValue } = pairedPermutationTest(base, changed);
  return html`<p>Of ${after.length} questions that both were asked, ${last.name} finds more evidence for ${better}, less for ${worse} and as much for ${after.length - better - worse}: ${signedShareText(difference)} recall@10 (paired permutation test, p ${pValue < 0.001 ? '< .001' : `= ${shareText(pValue)}`}).</p>`;
}

const width = 840;
const side = 260;
const top = 44;
const bottom = 18;

interface Line {
  readonly label: string;
  readonly recalls: readonly number[];
  readonly isTotal: boolean;
}

/** Only what every run has: a line needs both of its ends. */
function linesOf(runs: readonly Run[]): readonly Line[] {
  const names = Object.keys(runs[0]?.categories ?? {}).filter((name) => runs.every((run) => name in run.categories));
  const lines = names.map((name) => ({
    label: categoryLabel(name, runs[0]?.categories[name]?.number),
    recalls: runs.map(({ categories }) => categories[name]?.recall_at_10 ?? 0),
    isTotal: false,
  }));
  return [
    ...lines,
    { label: 'all questions', recalls: runs.map(({ overall }) => overall.recall_at_10), isTotal: true },
  ];
}
