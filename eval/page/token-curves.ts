import { coordinate, drawing, linearScale, logScale, path, shareText, spreadLabels } from './chart.ts';
import { type Html, html } from './html.ts';
import type { Run } from './run-file.ts';

/** Recall against what it costs the reader's prompt: a curve a run, named at its end. Null when nobody measured it. */
export function tokenCurves(runs: readonly Run[]): Html | null {
  const measured = runs.filter(({ byTokens }) => byTokens.length > 0);
  if (measured.length === 0) return null;
  const budgets = [...new Set(measured.flatMap(({ byTokens }) => byTokens.map(({ tokens }) => tokens)))]
    .filter((tokens) => tokens > 0)
    .sort((left, right) => left - right);
  const [from = 1] = budgets;
  const to = Math.max(budgets.at(-1) ?? 1, from * 1.01);
  const x = logScale({ from, to }, { from: left + 24, to: width - right - 24 });
  const y = linearScale({ from: 0, to: 1 }, { from: height - bottom, to: top });
  const axes = [
    ...[0, 0.25, 0.5, 0.75, 1].map(
      (
        tick,
      ) => html`<line class="grid" x1="${left}" x2="${width - right}" y1="${coordinate(y(tick))}" y2="${coordinate(y(tick))}"/>
<text class="soft end" x="${left - 8}" y="${coordinate(y(tick))}">${tick === 0 ? '0' : tick === 1 ? '1' : shareText(tick)}</text>`,
    ),
    ...budgets.map(
      (tokens) =>
        html`<text class="soft middle" x="${coordinate(x(tokens))}" y="${height - bottom + 16}">${tokens.toLocaleString('en')}</text>`,
    ),
    html`<text class="soft end" x="${width - right}" y="${height - 6}">tokens</text>`,
  ];
  const ends = spreadLabels(
    measured.map(({ byTokens }) => y(byTokens.at(-1)?.recall ?? 0)),
    16,
    { from: top, to: height - bottom },
  );
  const curves = measured.map(({ byTokens, colour, name }, index) => {
    const points = byTokens.filter(({ tokens }) => tokens > 0);
    return html`<path class="curve stroke-${colour}" d="${path(points.map(({ tokens, recall }) => [x(tokens), y(recall)]))}"/>
${points.map(
  ({
    tokens,
    recall,
  }) => html`<circle class="fill-${colour}" cx="${coordinate(x(tokens))}" cy="${coordinate(y(recall))}" r="3.5"/>
<text class="text-${colour} middle halo" x="${coordinate(x(tokens))}" y="${coordinate(y(recall) + (index % 2 === 0 ? -14 : 14))}">${shareText(recall)}</text>`,
)}
<text class="text-${colour} strong" x="${width - right + 12}" y="${coordinate(ends[index] ?? 0)}">${name}</text>`;
  });
  return drawing({ width, height }, 'evidence recall by token budget', [...axes, ...curves]);
}

const width = 840;
const height = 320;
const left = 40;
const right = 170;
const top = 16;
const bottom = 44;
