import { describe, expect, it } from 'vitest';
import { parseEvidence, parseLocomo, parseLocomoDate } from './locomo.ts';

const turn = (id: string, speaker: string, text: string, more: object = {}) => ({ speaker, dia_id: id, text, ...more });

/** Two sessions of two people, a date for a session that is not there, and every kind of bad row. */
function sample(qa: readonly object[]): unknown {
  return [
    {
      sample_id: 'conv-1',
      conversation: {
        speaker_a: 'Ann',
        speaker_b: 'Bo',
        session_10_date_time: '12:05 am on 1 January, 2024',
        session_10: [turn('D10:1', 'Ann', 'Happy new year!')],
        session_2_date_time: '1:56 pm on 8 May, 2023',
        session_2: [
          turn('D2:1', 'Ann', 'I adopted a cat.', { blip_caption: 'a photo of a grey cat', query: 'grey cat' }),
          turn('D2:2', 'Bo', 'Lovely!'),
        ],
        session_11_date_time: '3:00 pm on 2 January, 2024',
      },
      qa,
    },
  ];
}

const row = (evidence: unknown, more: object = {}) => ({
  question: 'What?',
  answer: 'a cat',
  category: 4,
  evidence,
  ...more,
});

describe('parseLocomo', () => {
  it('keeps sessions in the order of their numbers, with dates a second apart and captions in the text', () => {
    const [conversation] = parseLocomo(sample([])).conversations;
    expect(conversation?.sessions.map((session) => session.turns.map((one) => one.id))).toEqual([
      ['D2:1', 'D2:2'],
      ['D10:1'],
    ]);
    expect(conversation?.sessions[0]?.turns).toEqual([
      {
        id: 'D2:1',
        text: 'I adopted a cat.\n[image: a photo of a grey cat]',
        speaker: 'Ann',
        role: null,
        timestamp: '2023-05-08T13:56:00.000Z',
      },
      { id: 'D2:2', text: 'Lovely!', speaker: 'Bo', role: null, timestamp: '2023-05-08T13:56:01.000Z' },
    ]);
  });

  it('asks a question when the last session is over', () => {
    const [conversation] = parseLocomo(sample([row(['D2:1'])])).conversations;
    expect(conversation?.questions[0]?.askedAt).toBe('2024-01-01T00:05:00.000Z');
  });

  it('takes numeric answers as text and lets category 5 have none', () => {
    const [conversation] = parseLocomo(
      sample([
        row(['D2:1'], { answer: 2022, category: 2 }),
        { question: 'Which dog?', adversarial_answer: 'a poodle', category: 5, evidence: ['D2:2'] },
      ]),
    ).conversations;
    expect(conversation?.questions.map(({ answer, category }) => [answer, category])).toEqual([
      ['2022', { name: 'temporal', number: 2 }],
      [null, { name: 'adversarial', number: 5 }],
    ]);
  });

  it('skips rows without evidence and counts why', () => {
    const dataset = parseLocomo(sample([row([]), row(undefined), row(['D']), row(['D9:9']), row(['D2:1'])]));
    expect(dataset.conversations[0]?.questions).toHaveLength(1);
    expect(dataset.skipped).toEqual({ 'no evidence given': 2, 'no usable evidence': 2 });
    expect(dataset.repaired).toEqual({ 'malformed evidence dropped': 1, 'dangling evidence dropped': 1 });
  });

  it('keeps what is good of evidence that is partly bad', () => {
    const dataset = parseLocomo(sample([row(['D2:1', 'D', 'D2:02; D7:7'])]));
    expect(dataset.conversations[0]?.questions[0]?.gold).toEqual(['D2:1', 'D2:2']);
    expect(dataset.repaired).toEqual({
      'malformed evidence dropped': 1,
      'malformed evidence repaired': 1,
      'dangling evidence dropped': 1,
    });
  });

  it('says where a file is not LoCoMo', () => {
    expect(() => parseLocomo([{ sample_id: 'x', qa: [] }], 'f.json')).toThrow(/^f\.json .* at \/0\/conversation/);
  });
});

describe('parseEvidence', () => {
  it.each([
    ['D1:3', ['D1:3']],
    ['D8:6; D9:17', ['D8:6', 'D9:17']],
    ['D9:1 D4:4 D4:6', ['D9:1', 'D4:4', 'D4:6']],
    ['D:11:26', ['D11:26']],
    ['D30:05', ['D30:5']],
    ['D', []],
    ['', []],
  ])('reads %j', (entry, ids) => {
    expect(parseEvidence(entry)).toEqual(ids);
  });
});

describe('parseLocomoDate', () => {
  it.each([
    ['1:56 pm on 8 May, 2023', '2023-05-08T13:56:00.000Z'],
    ['12:09 am on 13 September, 2023', '2023-09-13T00:09:00.000Z'],
    ['12:30 pm on 1 July, 2022', '2022-07-01T12:30:00.000Z'],
  ])('reads %j', (text, iso) => {
    expect(parseLocomoDate(text).toISOString()).toBe(iso);
  });

  it('refuses what it does not know', () => {
    expect(() => parseLocomoDate('yesterday')).toThrow('Not a LoCoMo date');
    expect(() => parseLocomoDate('1:56 pm on 8 Maybe, 2023')).toThrow('Not a LoCoMo date');
  });
});
