import { describe, expect, it } from 'vitest';
import { parseHotpotQa } from './hotpotqa.ts';

const corpus = { 'Lilu (mythology)': ['Lilu is a demon.', ' It is Akkadian.'], Alû: ['Alû is a spirit.'] };
const row = (more: object) => ({ _id: 'q1', question: 'What is Lilu?', answer: 'a spirit', type: 'bridge', ...more });

describe('parseHotpotQa', () => {
  it('makes one memory of a passage, title first, that belongs to no session', () => {
    const [conversation] = parseHotpotQa([], corpus).conversations;
    expect(conversation?.sessions).toHaveLength(2);
    expect(conversation?.sessions[0]).toEqual({
      isDialogue: false,
      turns: [
        {
          id: 'Lilu (mythology)',
          text: 'Lilu (mythology)\nLilu is a demon. It is Akkadian.',
          speaker: null,
          role: null,
          timestamp: null,
        },
      ],
    });
  });

  it('takes the supporting titles as evidence, each once, and the hop type as category', () => {
    const facts = [
      ['Alû', 0],
      ['Alû', 3],
      ['Lilu (mythology)', 0],
    ];
    const [conversation] = parseHotpotQa([row({ supporting_facts: facts })], corpus).conversations;
    expect(conversation?.questions[0]).toMatchObject({
      gold: ['Alû', 'Lilu (mythology)'],
      category: { name: 'bridge', number: null },
    });
  });

  it('drops titles that the corpus lacks, prototype names among them, and skips a question with none left', () => {
    const dataset = parseHotpotQa([row({ supporting_facts: [['constructor', 0]] })], corpus);
    expect(dataset.skipped).toEqual({ 'no supporting passage in the corpus': 1 });
    expect(dataset.repaired).toEqual({ 'supporting passage not in the corpus': 1 });
  });
});

describe('parseHotpotQa with a corpus that is a list', () => {
  const paragraph = (title: string, text: string, is_supporting: boolean, idx: number) => ({
    title,
    paragraph_text: text,
    is_supporting,
    idx,
  });
  const pages = [
    { title: 'Green', text: 'A song.' },
    { title: 'Green', text: 'An album.' },
    { title: 'Steve Hillage', text: 'A guitarist.' },
    { title: 'Green', text: 'A song.' },
  ];
  const musique = (more: object) => ({
    id: '2hop__1_2',
    question: 'Who made Green?',
    answer: 'Steve Hillage',
    paragraphs: [
      paragraph('Green', 'A song.', false, 0),
      paragraph('Green', 'An album.', true, 1),
      paragraph('Steve Hillage', 'A guitarist.', true, 2),
    ],
    ...more,
  });

  it('tells the paragraphs of one title apart by their text, and keeps each once', () => {
    const { name, conversations, repaired } = parseHotpotQa([musique({})], pages);
    const turns = conversations[0]?.sessions.flatMap((session) => session.turns);
    expect(turns?.map(({ id, text }) => [id, text])).toEqual([
      ['1 Green', 'Green\nA song.'],
      ['2 Green', 'Green\nAn album.'],
      ['3 Steve Hillage', 'Steve Hillage\nA guitarist.'],
    ]);
    expect(conversations[0]?.questions[0]).toMatchObject({
      gold: ['2 Green', '3 Steve Hillage'],
      answer: 'Steve Hillage',
    });
    expect(name).toBe('musique');
    expect(repaired).toEqual({ 'passage more than once in the corpus': 1 });
  });

  it('takes the number of hops of a MuSiQue question as category', () => {
    const rows = ['2hop__1_2', '3hop1__1_2_3', '3hop2__1_2_3', 'other'].map((id) => musique({ id }));
    const [conversation] = parseHotpotQa(rows, pages).conversations;
    expect(conversation?.questions.map(({ category }) => category.name)).toEqual(['2hop', '3hop', '3hop', 'unknown']);
  });

  it('takes no other paragraph of the same title for one that the corpus lacks', () => {
    const paragraphs = [paragraph('Green', 'A colour.', true, 0), paragraph('Steve Hillage', 'A guitarist.', true, 1)];
    const dataset = parseHotpotQa([musique({ paragraphs })], pages.slice(0, 3));
    expect(dataset.conversations[0]?.questions[0]?.gold).toEqual(['3 Steve Hillage']);
    expect(dataset.repaired).toEqual({ 'supporting passage not in the corpus': 1 });
  });

  it.each([
    ['2wikimultihopqa', { evidences: [['Lilu', 'kind of', 'spirit']] }, ['Lilu is a demon.', 'It is Akkadian.']],
    ['hotpotqa', {}, ['Lilu is a demon.', ' It is Akkadian.']],
  ])('joins the sentences of %s as its corpus does', (name, more, sentences) => {
    const facts = {
      supporting_facts: [['Lilu', 1]],
      context: [
        ['Alû', ['A spirit.']],
        ['Lilu', sentences],
      ],
    };
    const dataset = parseHotpotQa(
      [row({ type: 'compositional', ...facts, ...more })],
      [{ title: 'Lilu', text: 'Lilu is a demon. It is Akkadian.' }],
    );
    expect(dataset).toMatchObject({ name, repaired: {} });
    expect(dataset.conversations[0]?.questions[0]).toMatchObject({
      gold: ['1 Lilu'],
      category: { name: 'compositional', number: null },
    });
  });

  it('says where a row is not in the form of its first', () => {
    expect(() => parseHotpotQa([musique({}), musique({ paragraphs: null })], pages)).toThrow(
      'musique questions is not in the expected form: at /1/paragraphs',
    );
  });
});
