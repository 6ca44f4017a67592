import type { Question } from '../datasets/dataset.ts';
import type { Chat } from './chat.ts';
import { longMemEvalJudgePrompt, pointIn, rubricJudgePrompt, verdictIn } from './judge-prompt.ts';
import { locomoScore } from './locomo-f1.ts';

/** How good an answer is, 0 to 1, and what judging it took. */
export interface Judgement {
  readonly score: number;
  readonly unreadable: number;
  readonly tokensIn: number;
  readonly tokensOut: number;
}

/** Judges as the benchmark does: LoCoMo by comparing words, LongMemEval by yes or no, BEAM point by point. */
export interface Judge {
  readonly judge: (question: Question, answer: string) => Promise<Judgement>;
}

export interface JudgeSettings {
  readonly dataset: string;
  /** Null where words are compared. */
  readonly chat: Chat | null;
  /** Tokens of a judge's reply. LongMemEval allows 10; a model that thinks first needs more. */
  readonly tokensMax: number;
}

export function newJudge({ dataset, chat, tokensMax }: JudgeSettings): Judge {
  return {
    async judge(question, answer) {
      if (dataset === 'locomo') return byWords(question, answer);
      if (chat === null) throw new Error(`${dataset} needs a judge: give --judge-url and --judge-model.`);
      return dataset === 'beam' ? byRubric(chat, question, answer) : byVerdict(chat, question, answer);
    },
  };

  async function byVerdict(judge: Chat, question: Question, answer: string): Promise<Judgement> {
    const reply = await judge.complete({ messages: longMemEvalJudgePrompt(question, answer), tokensMax });
    const { score, isReadable } = verdictIn(reply.text);
    return { score, unreadable: isReadable ? 0 : 1, tokensIn: reply.tokensIn, tokensOut: reply.tokensOut };
  }

  /** The mean over the points; one that the judge did not put a number to counts 0. */
  async function byRubric(judge: Chat, question: Question, answer: string): Promise<Judgement> {
    const points = rubricOf(question);
    const total = { score: 0, unreadable: 0, tokensIn: 0, tokensOut: 0 };
    for (const point of points) {
      const reply = await judge.complete({ messages: rubricJudgePrompt(question, point, answer), tokensMax });
      const score = pointIn(reply.text);
      total.score += (score ?? 0) / points.length;
      total.unreadable += score === null ? 1 : 0;
      total.tokensIn += reply.tokensIn;
      total.tokensOut += reply.tokensOut;
    }
    return total;
  }
}

function byWords({ category, answer: gold }: Question, answer: string): Judgement {
  return { score: locomoScore(category.number ?? 4, answer, gold ?? ''), unreadable: 0, tokensIn: 0, tokensOut: 0 };
}

/** Questions without a rubric are judged by their answer as the one point. */
function rubricOf({ rubric, answer }: Question): readonly string[] {
  return rubric !== undefined && rubric.length > 0 ? rubric : [answer ?? ''];
}
