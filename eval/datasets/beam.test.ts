import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadBeam, parseAnchor, parseBeam, stripMarker } from './beam.ts';

const chat = [
  {
    batch_number: 1,
    time_anchor: null,
    turns: [
      [
        { role: 'user', id: 0, time_anchor: 'March-15-2024', content: 'I start a budget app. ->-> 1,1' },
        { role: 'assistant', id: 1, content: 'Good.' },
      ],
      [{ role: 'user', id: 2, content: 'It will be in Flask. ->-> 1,2' }],
    ],
  },
  { batch_number: 2, turns: [[{ role: 'user', id: 3, content: 'No date here.' }]] },
  { batch_number: 3, turns: [[{ role: 'user', id: 4, time_anchor: 'April-05-2024', content: 'Later.' }]] },
];

function parse(probingQuestions: object) {
  return parseBeam([{ id: '1', chat, probingQuestions }]);
}

describe('parseBeam', () => {
  it('makes a session of a batch, strips markers, and carries the date of the first message forward', () => {
    const { conversations, repaired } = parse({});
    expect(
      conversations[0]?.sessions.map((session) => session.turns.map((turn) => [turn.text, turn.timestamp])),
    ).toEqual([
      [
        ['I start a budget app.', '2024-03-15T12:00:00.000Z'],
        ['Good.', '2024-03-15T12:00:01.000Z'],
        ['It will be in Flask.', '2024-03-15T12:00:02.000Z'],
      ],
      [['No date here.', '2024-03-15T12:00:03.000Z']],
      [['Later.', '2024-04-05T12:00:00.000Z']],
    ]);
    expect(repaired).toEqual({ 'generator marker stripped': 2 });
  });

  it('reads source ids from a list, from lists by name, and from a list in a list', () => {
    const { conversations } = parse({
      event_ordering: [{ question: 'Order?', answer: 'a', source_chat_ids: [0, [2, 3]] }],
      knowledge_update: [{ question: 'Now?', answer: 'b', source_chat_ids: { original_info: [0], updated_info: [4] } }],
    });
    expect(conversations[0]?.questions.map(({ category, gold }) => [category.name, gold])).toEqual([
      ['event_ordering', ['0', '2', '3']],
      ['knowledge_update', ['0', '4']],
    ]);
  });

  it('takes for the newest evidence of an update what the file groups last, else the last message', () => {
    const updates = [
      { original_info: [0, 2], updated_info: [3, 4] },
      { updated_info: [4], original_info: [0] },
      [3, 0, 2],
      [3],
    ];
    const { conversations } = parse({
      knowledge_update: updates.map((ids) => ({ question: 'Now?', answer: 'b', source_chat_ids: ids })),
      event_ordering: [{ question: 'Order?', answer: 'a', source_chat_ids: [0, 2] }],
    });
    expect(conversations[0]?.questions.map(({ update }) => update)).toEqual([
      { newest: ['3', '4'], older: ['0', '2'] },
      { newest: ['4'], older: ['0'] },
      { newest: ['3'], older: ['0', '2'] },
      undefined,
      undefined,
    ]);
  });

  it('finds the answer under each of its four names, or has none', () => {
    const { conversations } = parse({
      any: [
        { question: '1?', answer: 'one', source_chat_ids: [0] },
        { question: '2?', ideal_answer: 'two', source_chat_ids: [0] },
        { question: '3?', ideal_response: 'three', source_chat_ids: [0] },
        { question: '4?', ideal_summary: 'four', source_chat_ids: [0] },
        { question: '5?', rubric: ['five'], source_chat_ids: [0] },
      ],
    });
    expect(conversations[0]?.questions.map((question) => question.answer)).toEqual([
      'one',
      'two',
      'three',
      'four',
      null,
    ]);
  });

  it('skips what has no source, and drops sources that are not there', () => {
    const { conversations, skipped, repaired } = parse({
      abstention: [{ question: 'Unknown?', ideal_response: 'It was not said.' }],
      knowledge_update: [{ question: 'No key?', answer: 'x' }],
      summarization: [{ question: 'All?', ideal_summary: 'y', source_chat_ids: [2, 99] }],
    });
    expect(conversations[0]?.questions.map((question) => question.gold)).toEqual([['2']]);
    expect(skipped).toEqual({ abstention: 1, 'no usable source message': 1 });
    expect(repaired).toMatchObject({ 'dangling source message dropped': 1 });
  });
});

describe('stripMarker', () => {
  it.each([
    ['Go easy on me ->-> 1,3', 'Go easy on me'],
    ['Messagepack ->-> 2,N/A', 'Messagepack'],
    ['connectivity ->-> 5,15)', 'connectivity'],
    ['in detail?\n->->  3,8', 'in detail?'],
    ['x ->-> y stays', 'x ->-> y stays'],
    ['a -> 3', 'a -> 3'],
  ])('makes %j into %j', (text, stripped) => {
    expect(stripMarker(text)).toBe(stripped);
  });
});

describe('parseAnchor', () => {
  it('reads the one form there is and refuses others', () => {
    expect(parseAnchor('March-03-2024').toISOString()).toBe('2024-03-03T12:00:00.000Z');
    expect(() => parseAnchor('2024-03-03')).toThrow('Not a BEAM date');
  });
});

describe('loadBeam', () => {
  it('finds chats below a folder in the order of their numbers', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ecphory-beam-'));
    try {
      for (const name of ['10', '2']) {
        await mkdir(join(directory, '100K', name), { recursive: true });
        await writeFile(join(directory, '100K', name, 'chat.json'), JSON.stringify(chat));
        await writeFile(join(directory, '100K', name, 'probing_questions.json'), '{}');
      }
      const { conversations } = await loadBeam(directory);
      expect(conversations.map(({ id }) => id)).toEqual(['100K/2', '100K/10']);
      await expect(loadBeam(join(directory, '100K', '2', '..', '..', '..', 'nowhere'))).rejects.toThrow();
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
