import { type ByTokens, type ContextScores, categoryTable, contextTable } from './context.ts';
import type { Counts, Dataset } from './datasets/dataset.ts';
import type { AnsweredQuestion, Evaluation } from './evaluate.ts';
import {
  type AbstentionScores,
  abstentionScores,
  type CategoryScores,
  categoryScores,
  longMemEvalSessionScores,
  type Scores,
  scoresOf,
  scoresOfCategories1To4,
} from './scores.ts';
import { type Percentiles, percentiles } from './statistics.ts';
import { fixed, table } from './table.ts';
import { type TimelineRecall, timelineTable } from './timeline.ts';

/** What `--json` prints: one shape for every data set, with what only one of them has under names of its own. */
export interface Report {
  readonly dataset: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Questions asked and scored. */
  readonly n: number;
  readonly skipped: Counts;
  readonly repaired: Counts;
  readonly overall: Scores;
  readonly categories: Readonly<Record<string, CategoryScores>>;
  /** LoCoMo without category 5. */
  readonly overall_1_to_4?: Scores;
  /** Where some questions have no answer: LoCoMo's category 5, BEAM's abstention, which no recall can score. */
  readonly abstention?: AbstentionScores;
  /** LongMemEval's own scores of sessions. */
  readonly sessions?: ReturnType<typeof longMemEvalSessionScores>;
  readonly latency_ms: { readonly add: Percentiles; readonly search: Percentiles };
  readonly memories: number;
  readonly degraded: Counts;
  /** The most memory the server ever held, megabytes of 10^6 bytes; null where it cannot be read. */
  readonly rss_mb: number | null;
  readonly disk_mb: number;
  readonly baselines?: Readonly<Record<string, BaselineReport>>;
  /** Evidence in contexts of so many tokens, with `--context`. */
  readonly by_tokens?: ByTokens;
  /** The same by category, beside a search alone in as many tokens. */
  readonly context_by_category?: ContextScores['byCategory'];
  /** Evidence that timelines name, by category, with `--context`. */
  readonly timeline_recall?: Readonly<Record<string, TimelineRecall>>;
}

export type BaselineReport = Pick<Report, 'overall' | 'categories' | 'overall_1_to_4' | 'sessions'>;

export interface ReportInput {
  readonly dataset: Dataset;
  readonly evaluation: Evaluation;
  readonly baselines: ReadonlyMap<string, readonly AnsweredQuestion[]>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly rssMb: number | null;
  readonly diskMb: number;
  readonly context?: ContextScores | null;
  readonly timelines?: Readonly<Record<string, TimelineRecall>> | null;
  /** Questions without evidence, asked for the server's confidence alone. */
  readonly withoutEvidence?: readonly AnsweredQuestion[];
}

export function reportOf(input: ReportInput): Report {
  const { dataset, evaluation, baselines, config, rssMb, diskMb, context, timelines, withoutEvidence = [] } = input;
  const abstention = abstentionScores([...evaluation.rows, ...withoutEvidence]);
  const beside = [...baselines].map(([name, rows]) => [name, quality(dataset, rows)] as const);
  return {
    dataset: dataset.name,
    config,
    n: evaluation.rows.length,
    skipped: dataset.skipped,
    repaired: dataset.repaired,
    ...quality(dataset, evaluation.rows),
    ...(abstention !== null && { abstention }),
    latency_ms: { add: percentiles(evaluation.addMs), search: percentiles(evaluation.searchMs) },
    memories: evaluation.memories,
    degraded: evaluation.degraded,
    rss_mb: rssMb,
    disk_mb: diskMb,
    ...(beside.length > 0 && { baselines: Object.fromEntries(beside) }),
    ...(context != null && { by_tokens: context.byTokens, context_by_category: context.byCategory }),
    ...(timelines != null && { timeline_recall: timelines }),
  };
}

function quality(dataset: Dataset, rows: readonly AnsweredQuestion[]): BaselineReport {
  return {
    overall: scoresOf(rows),
    ...(dataset.name === 'locomo' && { overall_1_to_4: scoresOfCategories1To4(rows) }),
    categories: categoryScores(rows),
    ...(dataset.name === 'longmemeval' && { sessions: longMemEvalSessionScores(rows) }),
  };
}

/** The same for people. */
export function reportText(report: Report): string {
  const besides = Object.entries(report.baselines ?? {}).flatMap(([name, scores]) => ['', name, qualityTable(scores)]);
  const { add, search } = report.latency_ms;
  const latency = table(
    ['milliseconds', 'p50', 'p95', 'p99'],
    [
      ['add (one request)', ...[add.p50, add.p95, add.p99].map((value) => fixed(value, 1))],
      ['search', ...[search.p50, search.p95, search.p99].map((value) => fixed(value, 1))],
    ],
  );
  const memory = report.rss_mb === null ? 'not known here' : `${fixed(report.rss_mb, 0)} MB`;
  return [
    `${report.dataset}: ${report.n} questions over ${report.memories} memories`,
    '',
    qualityTable(report),
    ...sessionLines(report),
    ...newestLines(report),
    ...abstentionLines(report),
    ...besides,
    ...(report.by_tokens === undefined ? [] : ['', contextTable(report.by_tokens)]),
    ...Object.entries(report.context_by_category ?? {}).flatMap(([limit, scores]) => [
      '',
      categoryTable(limit, scores),
    ]),
    ...(report.timeline_recall === undefined ? [] : ['', timelineTable(report.timeline_recall)]),
    '',
    latency,
    '',
    `peak memory of the server: ${memory}; on disk: ${fixed(report.disk_mb, 1)} MB`,
    `skipped: ${countsText(report.skipped)}`,
    `repaired: ${countsText(report.repaired)}`,
    `degraded: ${countsText(report.degraded)}`,
  ].join('\n');
}

function qualityTable({ overall, overall_1_to_4, categories }: BaselineReport): string {
  const rows: (readonly [string, Scores])[] = Object.entries(categories).map(([name, scores]) => [
    scores.number === undefined ? name : `${scores.number} ${name}`,
    scores,
  ]);
  if (overall_1_to_4 !== undefined) rows.push(['categories 1 to 4', overall_1_to_4]);
  rows.push(['overall', overall]);
  return table(
    ['', 'n', 'R@5', 'R@10', 'R@25', 'all@5', 'all@10', 'all@25', 'nDCG@10', '95 % of R@10'],
    rows.map(([name, scores]) => [
      name,
      String(scores.n),
      ...[scores.recall_at_5, scores.recall_at_10, scores.recall_at_25].map((value) => fixed(value, 3)),
      ...[scores.all_at_5, scores.all_at_10, scores.all_at_25, scores.ndcg_at_10].map((value) => fixed(value, 3)),
      scores.recall_at_10_ci95.map((value) => fixed(value, 3)).join(' to '),
    ]),
  );
}

function sessionLines({ sessions }: BaselineReport): readonly string[] {
  if (sessions === undefined) return [];
  const rows = Object.entries(sessions).map(([name, scores]) => [
    name,
    String(scores.n),
    ...[scores.recall_any_at_5, scores.recall_all_at_5, scores.ndcg_at_5].map((value) => fixed(value, 3)),
    ...[scores.recall_any_at_10, scores.recall_all_at_10, scores.ndcg_at_10].map((value) => fixed(value, 3)),
  ]);
  return ['', table(['sessions', 'n', 'any@5', 'all@5', 'nDCG@5', 'any@10', 'all@10', 'nDCG@10'], rows)];
}

function newestLines({ categories }: BaselineReport): readonly string[] {
  return Object.entries(categories).flatMap(([name, { newest_first: score }]) =>
    score === undefined
      ? []
      : [
          '',
          `${name}: the newest evidence stands first in ${fixed(score.share, 3)} of ${score.returned} questions with old and new among the hits (of ${score.n})`,
        ],
  );
}

function abstentionLines({ abstention }: Report): readonly string[] {
  if (abstention === undefined) return [];
  const { auroc, answerable, unanswerable } = abstention;
  return [
    '',
    `confidence: AUROC ${fixed(auroc, 3)} of ${answerable} questions with an answer and ${unanswerable} without`,
  ];
}

function countsText(counts: Counts): string {
  const parts = Object.entries(counts).map(([reason, count]) => `${count} ${reason}`);
  return parts.length === 0 ? 'nothing' : parts.join('; ');
}
