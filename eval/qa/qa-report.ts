import type { Dataset } from '../datasets/dataset.ts';
import { bootstrapInterval, mean } from '../statistics.ts';
import { fixed, table } from '../table.ts';
import type { QaResult } from './answer-questions.ts';

/** Means of scores: F1 for LoCoMo, the share judged right for LongMemEval, points met for BEAM. */
export interface QaScores {
  readonly n: number;
  readonly score: number;
  readonly ci95: readonly [number, number];
}

/** What `qa --json` prints. */
export interface QaReport {
  readonly dataset: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Questions of the set, and how many of them have an answer. */
  readonly n: number;
  readonly answered: number;
  readonly failed: readonly { readonly id: string; readonly reason: string }[];
  readonly metric: string;
  readonly overall: QaScores;
  /** LoCoMo without category 5. */
  readonly overall_1_to_4?: QaScores;
  readonly categories: Readonly<Record<string, QaScores>>;
  /** LongMemEval: the mean of the types' means; questions without an answer count in their type. */
  readonly task_averaged?: number;
  /** Questions whose right answer is that it was never said. */
  readonly abstention?: QaScores;
  /** Judges' replies that were neither of what was asked for. */
  readonly unreadable_verdicts: number;
  readonly tokens: {
    /** Mean of what the reader was given to read, without question and instructions. */
    readonly evidence_mean: number;
    readonly reader: { readonly in: number; readonly out: number };
    readonly judge: { readonly in: number; readonly out: number };
  };
}

type Answered = QaResult['answered'];

export function qaReportOf(dataset: Dataset, result: QaResult, config: QaReport['config']): QaReport {
  const { answered, failed } = result;
  const names = [...new Set(answered.map(({ question }) => question.category.name))].sort();
  const categories = Object.fromEntries(
    names.map((name) => [name, scoresOf(answered.filter(({ question }) => question.category.name === name))]),
  );
  const unanswerable = answered.filter(({ question }) => question.isUnanswerable === true);
  const sum = (of: (answer: Answered[number]['answer']) => number) =>
    answered.reduce((total, { answer }) => total + of(answer), 0);
  return {
    dataset: dataset.name,
    config,
    n: dataset.conversations.reduce((count, { questions }) => count + questions.length, 0),
    answered: answered.length,
    failed: failed.map(({ question, reason }) => ({ id: question.id, reason })),
    metric: metrics[dataset.name] ?? 'judged right',
    overall: scoresOf(answered),
    ...(dataset.name === 'locomo' && {
      overall_1_to_4: scoresOf(answered.filter(({ question }) => (question.category.number ?? 0) <= 4)),
    }),
    categories,
    ...(dataset.name === 'longmemeval' && {
      task_averaged: mean(Object.values(categories).map(({ score }) => score)),
    }),
    ...(unanswerable.length > 0 && { abstention: scoresOf(unanswerable) }),
    unreadable_verdicts: sum(({ unreadable }) => unreadable),
    tokens: {
      evidence_mean: mean(answered.map(({ answer }) => answer.evidenceTokens)),
      reader: { in: sum((answer) => answer.readerTokensIn), out: sum((answer) => answer.readerTokensOut) },
      judge: { in: sum((answer) => answer.judgeTokensIn), out: sum((answer) => answer.judgeTokensOut) },
    },
  };
}

const metrics: Readonly<Record<string, string>> = {
  locomo: 'token F1 by category',
  beam: 'points of the rubric met',
  longmemeval: 'judged right',
};

/** The same for people. */
export function qaReportText(report: QaReport): string {
  const rows: (readonly [string, QaScores])[] = Object.entries(report.categories);
  if (report.abstention !== undefined) rows.push(['abstention (also above)', report.abstention]);
  if (report.overall_1_to_4 !== undefined) rows.push(['categories 1 to 4', report.overall_1_to_4]);
  rows.push(['overall', report.overall]);
  const { tokens } = report;
  return [
    `${report.dataset}: ${report.answered} of ${report.n} questions answered; ${report.metric}`,
    '',
    table(
      ['', 'n', 'score', '95 %'],
      rows.map(([name, { n, score, ci95 }]) => [
        name,
        String(n),
        fixed(score, 3),
        ci95.map((value) => fixed(value, 3)).join(' to '),
      ]),
    ),
    '',
    ...(report.task_averaged === undefined ? [] : [`mean of the types: ${fixed(report.task_averaged, 3)}`]),
    `tokens: reader ${tokens.reader.in} in, ${tokens.reader.out} out; judge ${tokens.judge.in} in, ${tokens.judge.out} out; evidence ${fixed(tokens.evidence_mean, 0)} a question`,
    ...(report.unreadable_verdicts === 0 ? [] : [`${report.unreadable_verdicts} verdicts could not be read`]),
    ...(report.failed.length === 0
      ? []
      : [
          `${report.failed.length} questions have no answer (${report.failed[0]?.reason}); the same command tries them again`,
        ]),
  ].join('\n');
}

function scoresOf(answered: Answered): QaScores {
  const scores = answered.map(({ answer }) => answer.score);
  return { n: scores.length, score: mean(scores), ci95: bootstrapInterval(scores) };
}
