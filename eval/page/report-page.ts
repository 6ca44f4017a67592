import { shareText } from './chart.ts';
import { hardList } from './hard-list.ts';
import { type Html, html } from './html.ts';
import { latencyCurves } from './latency-curves.ts';
import { recallBars } from './recall-bars.ts';
import type { Run } from './run-file.ts';
import { pairedDifference, runSlopes } from './run-slopes.ts';
import { style } from './style.ts';
import { tokenCurves } from './token-curves.ts';

/** One page for all the runs, complete in itself: a part for each data set. */
export function reportPage(runs: readonly Run[]): string {
  const sets = [...new Set(runs.map(({ dataset }) => dataset))];
  const { markup } = html`<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Recall of ${sets.join(', ')}</title><style>${{ markup: style }}</style></head>
<body><main><h1>How much of the evidence a search brings back</h1>
<p class="soft">recall@10 is the share of a question's evidence among the first ten hits. Whiskers hold 95 % of bootstrap resamples of the questions: two runs whose whiskers overlap widely have not been told apart.</p>
${sets.map((set) => setPart(runs.filter(({ dataset }) => dataset === set)))}
</main></body></html>`;
  return `<!doctype html>\n${markup}\n`;
}

function setPart(runs: readonly Run[]): Html {
  const [first] = runs;
  if (first === undefined) return html``;
  const tokens = tokenCurves(runs);
  return html`<section><h2>${first.dataset}</h2>
<p class="soft">${first.n} questions over ${first.memories} memories</p>
${headlines(runs)}
<h3>Recall@10 by category</h3>
<figure>${recallBars(runs)}<figcaption>Left of the bars: questions in the category.</figcaption></figure>
${tokens === null ? null : html`<h3>Recall against tokens</h3><figure>${tokens}<figcaption>Evidence in the context that a reader is given, by its budget.</figcaption></figure>`}
<h3>Time of a search</h3>
<figure>${latencyCurves(runs)}<figcaption>From the call to the last byte of the answer, as the client sees it.</figcaption></figure>
${runs.length < 2 ? null : html`<h3>From run to run</h3>${pairedDifference(runs)}<figure>${runSlopes(runs)}<figcaption>Recall@10; on the right what changed from the first run to the last.</figcaption></figure>`}
<h3>Hard questions</h3>
${hardList(runs.findLast(({ questions }) => questions.length > 0) ?? first)}
<h3>Configuration</h3>
${runs.map(({ name, colour, config, skipped, degraded }) => html`<details><summary class="ink-${colour}">${name}</summary><pre>${JSON.stringify({ config, skipped, degraded }, null, 1)}</pre></details>`)}
</section>`;
}

function headlines(runs: readonly Run[]): Html {
  return html`<div class="scroll"><table><thead><tr><th>run</th><th>R@5</th><th>R@10</th><th>R@25</th><th>all@10</th><th>nDCG@10</th><th>search p50</th><th>p95</th><th>memory</th><th>disk</th></tr></thead><tbody>
${runs.map(({ name, colour, overall, latency_ms: { search }, rss_mb, disk_mb }) => {
  const shares = [
    overall.recall_at_5,
    overall.recall_at_10,
    overall.recall_at_25,
    overall.all_at_10,
    overall.ndcg_at_10,
  ];
  return html`<tr><td class="ink-${colour}">${name}</td>${shares.map((value) => html`<td>${shareText(value)}</td>`)}<td>${search.p50.toFixed(1)} ms</td><td>${search.p95.toFixed(1)} ms</td><td>${megabytes(rss_mb)}</td><td>${megabytes(disk_mb)}</td></tr>`;
})}</tbody></table></div>`;
}

function megabytes(value: number | null): string {
  return value === null ? '–' : `${value.toFixed(0)} MB`;
}
