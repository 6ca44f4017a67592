import { percentile } from '../statistics.ts';
import { coordinate, drawing, linearScale, logScale, logTicks, path, spreadLabels } from './chart.ts';
import { type Html, html } from './html.ts';
import type { Run } from './run-file.ts';

/**
 * The share of searches that were answered within a time (empirical distribution), with p50, p95 and p99 marked. A run
 * without its questions has only those three points. Time is on a logarithmic axis: the tail is what is looked for.
 */
export function latencyCurves(runs: readonly Run[]): Html {
  const curves = runs.map((run) => ({ run, times: timesOf(run), marks: marksOf(run) }));
  const all = curves.flatMap(({ times, marks }) => [...times, ...marks.map(({ ms }) => ms)]).filter((ms) => ms > 0);
  const domain = { from: Math.min(...all, 1_000) / 1.1, to: Math.max(...all, 0.001) * 1.1 };
  const x = logScale(domain, { from: left, to: width - right });
  const y = linearScale({ from: 0, to: 1 }, { from: height - bottom, to: top });
  const axes = [
    ...[0, 0.25, 0.5, 0.75, 1].map(
      (
        tick,
      ) => html`<line class="grid" x1="${left}" x2="${width - right}" y1="${coordinate(y(tick))}" y2="${coordinate(y(tick))}"/>
<text class="soft end" x="${left - 8}" y="${coordinate(y(tick))}">${tick * 100} %</text>`,
    ),
    ...logTicks(domain).map(
      (tick) => html`<text class="soft middle" x="${coordinate(x(tick))}" y="${height - bottom + 16}">${tick}</text>`,
    ),
    html`<text class="soft end" x="${width - right}" y="${height - 6}">milliseconds</text>`,
  ];
  const labels = spreadLabels(
    curves.map((_, index) => y(0.5) + index * 20),
    20,
    { from: top, to: height - bottom },
  );
  const drawn = curves.map(({ run, times, marks }, index) => {
    const points =
      times.length > 0
        ? steps(times).map(([ms, share]) => [x(ms), y(share)] as const)
        : marks.map(({ ms, share }) => [x(ms), y(share)] as const);
    return html`<path class="curve stroke-${run.colour}" d="${path(points)}"/>
${marks.map(({ ms, share }) => html`<circle class="fill-${run.colour}" cx="${coordinate(x(ms))}" cy="${coordinate(y(share))}" r="3.5"/>`)}
<text class="text-${run.colour}" x="${width - right + 14}" y="${coordinate(labels[index] ?? 0)}"><tspan class="strong">${run.name}</tspan> ${marks
      .map(({ ms }) => milliseconds(ms))
      .join(' / ')}</text>`;
  });
  const head = html`<text class="soft" x="${width - right + 14}" y="${coordinate(Math.min(...labels) - 22)}">p50 / p95 / p99, ms</text>`;
  return drawing({ width, height }, 'share of searches answered within a time', [...axes, ...drawn, head]);
}

const width = 840;
const height = 300;
const left = 46;
const right = 230;
const top = 12;
const bottom = 44;

function timesOf({ questions }: Run): readonly number[] {
  return questions.flatMap(({ search_ms }) => search_ms ?? []).sort((before, after) => before - after);
}

function marksOf(run: Run): readonly { readonly ms: number; readonly share: number }[] {
  const times = timesOf(run);
  const { p50, p95, p99 } = run.latency_ms.search;
  return [
    { share: 0.5, ms: times.length > 0 ? percentile(times, 0.5) : p50 },
    { share: 0.95, ms: times.length > 0 ? percentile(times, 0.95) : p95 },
    { share: 0.99, ms: times.length > 0 ? percentile(times, 0.99) : p99 },
  ];
}

/** The curve's corners; of many thousand times only as many as can be seen. */
function steps(sorted: readonly number[]): readonly (readonly [number, number])[] {
  const stride = Math.max(1, Math.floor(sorted.length / 400));
  const points: [number, number][] = [[sorted[0] ?? 0, 0]];
  sorted.forEach((ms, index) => {
    if (index % stride === 0 || index === sorted.length - 1) points.push([ms, (index + 1) / sorted.length]);
  });
  return points;
}

function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : ms.toFixed(0);
}
