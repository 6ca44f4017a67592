import type { Question } from '../datasets/dataset.ts';
import type { ChatMessage } from './chat.ts';

/**
 * The rules by which LongMemEval judges an answer, one a question type (`src/evaluation/evaluate_qa.py`), in our words.
 * What the types have in common: the right answer in other words is right, part of it is not.
 */
export function longMemEvalJudgePrompt(question: Question, answer: string): readonly ChatMessage[] {
  const gold = question.answer ?? '';
  const [rule, label] = ruleOf(question);
  return [
    { role: 'system', content: `You judge an answer to a question. ${rule} Reply with yes or no alone.` },
    {
      role: 'user',
      content: `Question: ${question.text}\n\n${label}: ${gold}\n\nAnswer to judge: ${answer}\n\n${closing}`,
    },
  ];
}

const closing = 'Is the answer right, by the rule? yes or no:';

function ruleOf({ category, isUnanswerable }: Question): readonly [rule: string, label: string] {
  if (isUnanswerable === true) {
    return [
      'The question cannot be answered from what was said. Say yes when the answer recognises that, also by saying that only something else was told or that information is missing. Say no when it answers as if it knew.',
      'Why it cannot be answered',
    ];
  }
  if (category.name === 'single-session-preference') {
    return [
      'You are given what a good, personal answer would take into account. Say yes when the answer recalls and uses what the user told of themselves in the right way; it need not touch on every point. Otherwise say no.',
      'What a good answer takes into account',
    ];
  }
  const equal =
    'Say yes when the answer contains the right answer, means the same, or holds every step that leads to it. Say no when it holds only a part of what is asked.';
  if (category.name === 'temporal-reasoning') {
    return [`${equal} A count of days, weeks, months or years that is off by one is still right.`, 'Right answer'];
  }
  if (category.name === 'knowledge-update') {
    return [
      `${equal} When the answer tells an older value beside the present one, it is right as long as the present one is what it answers.`,
      'Right answer',
    ];
  }
  return [equal, 'Right answer'];
}

/** Right if and only if it holds "yes", as in the original. What holds neither word is wrong, and worth counting. */
export function verdictIn(reply: string): { readonly score: 0 | 1; readonly isReadable: boolean } {
  const said = reply.toLowerCase();
  return { score: said.includes('yes') ? 1 : 0, isReadable: /\b(?:yes|no)\b/.test(said) };
}

/** BEAM judges an answer point by point of its rubric. */
export function rubricJudgePrompt(question: Question, point: string, answer: string): readonly ChatMessage[] {
  return [
    {
      role: 'system',
      content:
        'You judge whether an answer to a question meets one point. Reply with one number alone: 1 when it meets the point fully, 0.5 when it meets it in part, 0 when it does not. Other words for the same are as good; what else the answer says does not matter.',
    },
    { role: 'user', content: `Question: ${question.text}\n\nPoint: ${point}\n\nAnswer to judge: ${answer}\n\nNumber:` },
  ];
}

/** The first number of the reply that is one of the three; null for anything else. */
export function pointIn(reply: string): number | null {
  const number = /(?<![\d.])(?:0?\.5|[01](?:\.0)?)(?![\d.]*\d)/.exec(reply)?.[0];
  return number === undefined ? null : Number(number);
}
