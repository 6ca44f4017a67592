import { describe, expect, it } from 'vitest';
import { parseLongMemEval, parseLongMemEvalDate } from './longmemeval.ts';

const said = (role: string, content: string, has_answer?: boolean) =>
  has_answer === undefined ? { role, content } : { role, content, has_answer };

/** Three sessions out of order of time; the first by date has no evidence. */
function record(more: object = {}): object {
  return {
    question_id: 'q1',
    question_type: 'multi-session',
    question: 'How many plants?',
    question_date: '2023/05/30 (Tue) 23:40',
    answer: 3,
    answer_session_ids: ['answer_b', 'answer_c'],
    haystack_session_ids: ['answer_c', 'noise_1', 'answer_b'],
    haystack_dates: ['2023/05/22 (Mon) 10:00', '2023/05/20 (Sat) 02:21', '2023/05/21 (Sun) 09:00'],
    haystack_sessions: [
      [said('user', 'A third plant?'), said('assistant', 'You have two; the fern makes three.', true)],
      [said('user', 'Hello.'), said('assistant', '')],
      [said('user', 'I bought a fern.', true), said('assistant', 'Nice.', false)],
    ],
    ...more,
  };
}

describe('parseLongMemEval', () => {
  it('names turns by position in time, so that no session id of the file is left', () => {
    const dataset = parseLongMemEval([record()]);
    const [conversation] = dataset.conversations;
    expect(conversation?.sessions.map((session) => session.turns.map((turn) => turn.id))).toEqual([
      ['0:0'],
      ['1:0', '1:1'],
      ['2:0', '2:1'],
    ]);
    expect(JSON.stringify(conversation?.sessions)).not.toMatch(/answer_|noise_/);
    expect(dataset.repaired).toEqual({ 'empty turn left out': 1 });
  });

  it('finds evidence by has_answer on either side, and gold sessions with and without the user side', () => {
    const question = parseLongMemEval([record()]).conversations[0]?.questions[0];
    expect(question?.gold).toEqual(['1:0', '2:1']);
    expect(question?.goldSessions).toEqual({ all: [1, 2], userSide: [1] });
  });

  it('asks with the date of the question, and takes a numeric answer', () => {
    const question = parseLongMemEval([record()]).conversations[0]?.questions[0];
    expect(question).toMatchObject({ askedAt: '2023-05-30T23:40:00.000Z', answer: '3' });
  });

  it('skips abstention questions and those without a marked turn', () => {
    const unmarked = record({ question_id: 'q2', haystack_sessions: [[said('user', 'a')], [said('user', 'b')], []] });
    const dataset = parseLongMemEval([record({ question_id: 'q1_abs', question_date: null }), unmarked]);
    expect(dataset.conversations).toEqual([]);
    expect(dataset.skipped).toEqual({ abstention: 1, 'no turn is marked as evidence': 1 });
  });

  it('refuses a record whose lists do not belong together', () => {
    expect(() => parseLongMemEval([record({ haystack_dates: [] })])).toThrow('3 sessions, 0 dates and 3 ids');
  });
});

describe('parseLongMemEvalDate', () => {
  it('reads the official form and refuses others', () => {
    expect(parseLongMemEvalDate('2023/12/18 (Mon) 04:17').toISOString()).toBe('2023-12-18T04:17:00.000Z');
    expect(() => parseLongMemEvalDate('18 December')).toThrow('Not a LongMemEval date');
  });
});
