import { coordinate, drawing, linearScale, shareText } from './chart.ts';
import { type Html, html } from './html.ts';
import { categoryLabel, type Run, type RunScores } from './run-file.ts';

/** A row of bars a category, a bar a run, with the interval that 95 % of bootstrap resamples fall into. */
export function recallBars(runs: readonly Run[]): Html {
  const groups = groupsOf(runs);
  const groupHeight = runs.length * barHeight + groupGap;
  const height = groups.length * groupHeight + axisHeight;
  const x = linearScale({ from: 0, to: 1 }, { from: labelWidth, to: width - valueWidth });
  const axis = [0, 0.25, 0.5, 0.75, 1].map(
    (
      tick,
    ) => html`<line class="grid" x1="${coordinate(x(tick))}" x2="${coordinate(x(tick))}" y1="0" y2="${height - axisHeight}"/>
<text class="soft middle" x="${coordinate(x(tick))}" y="${height - 10}">${tick === 0 ? '0' : tick === 1 ? '1' : shareText(tick)}</text>`,
  );
  const bars = groups.map(({ label, scores, isTotal }, group) => {
    const top = group * groupHeight + groupGap / 2;
    const middle = top + (runs.length * barHeight) / 2;
    return html`<text class="${isTotal ? 'strong' : ''}" x="0" y="${coordinate(middle)}">${label}</text>
<text class="soft end" x="${labelWidth - 10}" y="${coordinate(middle)}">${scores.find((one) => one !== null)?.n ?? 0}</text>
${scores.map((one, index) => (one === null ? null : bar(one, runs[index], top + index * barHeight, group === 0)))}`;
  });
  return drawing({ width, height }, 'recall at 10 by category', [...axis, ...bars]);

  function bar(scores: RunScores, run: Run | undefined, top: number, isNamed: boolean): Html {
    const {
      recall_at_10,
      recall_at_10_ci95: [low, high],
    } = scores;
    const colour = run?.colour ?? 1;
    const middle = coordinate(top + barHeight / 2);
    return html`<rect class="fill-${colour}" x="${coordinate(x(0))}" y="${coordinate(top + 2)}" width="${coordinate(Math.max(0, x(recall_at_10) - x(0)))}" height="${barHeight - 4}" rx="2" opacity=".8"/>
<line class="whisker" x1="${coordinate(x(low))}" x2="${coordinate(x(high))}" y1="${middle}" y2="${middle}"/>
<text class="text-${colour}" x="${coordinate(x(Math.max(high, recall_at_10)) + 8)}" y="${middle}">${shareText(recall_at_10)}${isNamed ? html` <tspan class="strong">${run?.name ?? null}</tspan>` : null}</text>`;
  }
}

const width = 840;
const labelWidth = 250;
const valueWidth = 56;
const barHeight = 18;
const groupGap = 12;
const axisHeight = 26;

interface Group {
  readonly label: string;
  /** One a run; null where the run has no such category. */
  readonly scores: readonly (RunScores | null)[];
  readonly isTotal: boolean;
}

function groupsOf(runs: readonly Run[]): readonly Group[] {
  const names = [...new Set(runs.flatMap(({ categories }) => Object.keys(categories)))];
  const groups: Group[] = names.map((name) => ({
    label: categoryLabel(name, runs.find(({ categories }) => categories[name])?.categories[name]?.number),
    scores: runs.map(({ categories }) => categories[name] ?? null),
    isTotal: false,
  }));
  if (runs.some((run) => run.overall_1_to_4 !== undefined)) {
    const scores = runs.map((run) => run.overall_1_to_4 ?? null);
    groups.push({ label: 'categories 1 to 4', scores, isTotal: true });
  }
  return [...groups, { label: 'all questions', scores: runs.map(({ overall }) => overall), isTotal: true }];
}
