import { describe, expect, it } from 'vitest';
import { parseBeam } from './beam.ts';
import { type Dataset, unanswerablePart } from './dataset.ts';
import { parseLocomo } from './locomo.ts';
import { parseLongMemEval } from './longmemeval.ts';

const locomo = [
  {
    sample_id: 'conv-1',
    conversation: {
      session_1: [{ speaker: 'Ann', dia_id: 'D1:1', text: 'Hello.' }],
      session_1_date_time: '1:56 pm on 8 May, 2023',
    },
    qa: [
      { question: 'Where?', answer: 'There', evidence: ['D1:1'], category: 4 },
      { question: 'Perhaps?', answer: 'Likely', evidence: [], category: 3 },
      { question: 'What?', adversarial_answer: 'A lure', evidence: ['D1:1'], category: 5 },
    ],
  },
];

const longMemEval = (id: string, type: string, hasAnswer: boolean) => ({
  question_id: id,
  question_type: type,
  question: 'What is the name of my hamster?',
  question_date: '2023/05/30 (Tue) 23:40',
  answer: 'You did not say.',
  answer_session_ids: ['answer_1'],
  haystack_session_ids: ['answer_1'],
  haystack_dates: ['2023/05/20 (Sat) 10:00'],
  haystack_sessions: [[{ role: 'user', content: 'My cat is Luna.', ...(hasAnswer && { has_answer: true }) }]],
});

const beam = [
  {
    id: '1',
    chat: [{ turns: [[{ role: 'user', id: 0, time_anchor: 'March-15-2024', content: 'Hello.' }]] }],
    probingQuestions: {
      abstention: [{ question: 'Who?', ideal_response: 'It was not said.', rubric: ['says that it was not said'] }],
      information_extraction: [{ question: 'What?', answer: 'Hello', source_chat_ids: [0], rubric: ['Hello'] }],
    },
  },
];

const questionsOf = ({ conversations }: Dataset) => conversations.flatMap(({ questions }) => questions);

describe('loaders that keep questions without evidence', () => {
  it('keep the rows of LoCoMo that give none, and the lure of an adversarial one', () => {
    expect(questionsOf(parseLocomo(locomo))).toHaveLength(2);
    const questions = questionsOf(parseLocomo(locomo, 'locomo', { withoutEvidence: true }));
    expect(questions.map(({ gold, answer, lure, isUnanswerable }) => ({ gold, answer, lure, isUnanswerable }))).toEqual(
      [
        { gold: ['D1:1'], answer: 'There', lure: undefined, isUnanswerable: undefined },
        { gold: [], answer: 'Likely', lure: undefined, isUnanswerable: undefined },
        { gold: ['D1:1'], answer: null, lure: 'A lure', isUnanswerable: true },
      ],
    );
  });

  it('keep the abstention questions of LongMemEval, with their haystack', () => {
    const records = [longMemEval('q1', 'multi-session', true), longMemEval('q2_abs', 'multi-session', false)];
    expect(parseLongMemEval(records).conversations).toHaveLength(1);
    const { conversations } = parseLongMemEval(records, 'longmemeval', { withoutEvidence: true });
    expect(conversations.map(({ questions }) => questions[0]?.isUnanswerable)).toEqual([undefined, true]);
    expect(conversations[1]?.sessions[0]?.turns).toHaveLength(1);
    expect(conversations[1]?.questions[0]).toMatchObject({ gold: [], category: { name: 'multi-session' } });
  });

  it('keep the abstention probes of BEAM, and the rubric of every probe', () => {
    expect(questionsOf(parseBeam(beam))).toHaveLength(1);
    const questions = questionsOf(parseBeam(beam, { withoutEvidence: true }));
    expect(questions.map(({ category, rubric, isUnanswerable }) => [category.name, rubric, isUnanswerable])).toEqual([
      ['abstention', ['says that it was not said'], true],
      ['information_extraction', ['Hello'], undefined],
    ]);
  });

  it('can be reduced to the questions that have neither, each in the place of its conversation', () => {
    const all = parseBeam([...beam, { ...beam[0]!, id: '2', probingQuestions: {} }], { withoutEvidence: true });
    const part = unanswerablePart(all);
    expect(part.conversations.map(({ id, questions }) => [id, questions.map(({ text }) => text)])).toEqual([
      ['1', ['Who?']],
      ['2', []],
    ]);
    // LoCoMo's are asked with the others: they name the evidence that makes them look answerable.
    expect(questionsOf(unanswerablePart(parseLocomo(locomo, 'locomo', { withoutEvidence: true })))).toEqual([]);
  });
});
