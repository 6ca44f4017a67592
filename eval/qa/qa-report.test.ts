import { describe, expect, it } from 'vitest';
import type { Dataset, Question } from '../datasets/dataset.ts';
import { qaReportOf, qaReportText } from './qa-report.ts';

const questionOf = (id: string, name: string, number: number | null, isUnanswerable = false): Question => ({
  id,
  text: id,
  category: { name, number },
  gold: [],
  answer: null,
  askedAt: null,
  ...(isUnanswerable && { isUnanswerable }),
});

const answerOf = (question: Question, score: number) => ({
  question,
  answer: {
    kind: 'answer' as const,
    question: question.id,
    settings: 's',
    answer: 'a',
    score,
    unreadable: score === 0 ? 1 : 0,
    evidenceTokens: 100,
    readerTokensIn: 10,
    readerTokensOut: 2,
    judgeTokensIn: 5,
    judgeTokensOut: 1,
  },
});

const datasetOf = (name: string, questions: readonly Question[]): Dataset => ({
  name,
  skipped: {},
  repaired: {},
  conversations: [{ id: 'c', sessions: [], questions }],
});

describe('qaReportOf', () => {
  it('gives LongMemEval its three figures: over all, the mean of the types, and abstention, which also counts in its type', () => {
    const questions = [
      questionOf('1', 'multi-session', null),
      questionOf('2', 'multi-session', null),
      questionOf('3_abs', 'multi-session', null, true),
      questionOf('4', 'temporal-reasoning', null),
      questionOf('5', 'temporal-reasoning', null),
    ];
    const answered = questions.slice(0, 4).map((question, index) => answerOf(question, index < 2 ? 1 : 0));
    const failed = questions.slice(4).map((question) => ({ question, reason: 'm answered 500' }));
    const report = qaReportOf(datasetOf('longmemeval', questions), { answered, failed }, {});
    expect(report).toMatchObject({
      n: 5,
      answered: 4,
      overall: { n: 4, score: 2 / 4 },
      categories: { 'multi-session': { n: 3, score: 2 / 3 }, 'temporal-reasoning': { n: 1, score: 0 } },
      // (2/3 + 0) / 2, not 2/4.
      task_averaged: 1 / 3,
      abstention: { n: 1, score: 0 },
      unreadable_verdicts: 2,
      tokens: { evidence_mean: 100, reader: { in: 40, out: 8 }, judge: { in: 20, out: 4 } },
      failed: [{ id: '5', reason: 'm answered 500' }],
    });
    expect(qaReportText(report)).toContain('1 questions have no answer (m answered 500)');
  });

  it('gives LoCoMo its headline without category 5', () => {
    const questions = [questionOf('1', 'multi_hop', 1), questionOf('2', 'adversarial', 5)];
    const answered = questions.map((question, index) => answerOf(question, index === 0 ? 0.5 : 1));
    const report = qaReportOf(datasetOf('locomo', questions), { answered, failed: [] }, {});
    expect(report).toMatchObject({ overall: { score: 0.75 }, overall_1_to_4: { n: 1, score: 0.5 } });
    expect(report.task_averaged).toBeUndefined();
  });
});
