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
    expect(dataset.repaired).toEqual({ 'supporting title not in the corpus': 1 });
  });
});
