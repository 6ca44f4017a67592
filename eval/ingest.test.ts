import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../src/memory/limits.ts';
import type { Session, Turn } from './datasets/dataset.ts';
import { addRequests, splitText } from './ingest.ts';

const turn = (id: string, text: string, more: Partial<Turn> = {}): Turn => ({
  id,
  text,
  speaker: null,
  role: null,
  timestamp: null,
  ...more,
});

const requests = (sessions: readonly Session[]) => [
  ...addRequests({ id: 'answer_secret', sessions, questions: [] }, 'eval/test/1'),
];

describe('addRequests', () => {
  it('sends a session as messages in order, with speaker, role and time, under an ordinal', () => {
    const [request] = requests([
      {
        isDialogue: true,
        turns: [
          turn('D1:1', 'Hello.', { speaker: 'Ann', timestamp: '2023-05-08T13:56:00.000Z' }),
          turn('D1:2', 'Hi.', { role: 'assistant' }),
        ],
      },
    ]);
    expect(request?.path).toBe('/v1/memories');
    expect(request?.body).toEqual({
      namespace: 'eval/test/1',
      session_id: 'session-1',
      messages: [
        { content: 'Hello.', name: 'Ann', timestamp: '2023-05-08T13:56:00.000Z' },
        { content: 'Hi.', role: 'assistant' },
      ],
    });
    expect(request?.turns.map(({ id }) => id)).toEqual(['D1:1', 'D1:2']);
  });

  it('sends a document as one text without a session', () => {
    const [request] = requests([{ isDialogue: false, turns: [turn('Alû', 'Alû\nA spirit.')] }]);
    expect(request?.body).toEqual({ namespace: 'eval/test/1', text: 'Alû\nA spirit.' });
  });

  it('never sends an id of the benchmark', () => {
    const sent = JSON.stringify(
      requests([{ isDialogue: true, turns: [turn('answer_1', 'x')] }]).map(({ body, path }) => [body, path]),
    );
    expect(sent).not.toContain('answer_');
  });

  it('keeps a request within the limits, and a long turn in parts that all name it', () => {
    const long = turn('long', 'word '.repeat(100_000));
    const many = Array.from({ length: limits.messagesPerAdd + 1 }, (_, index) => turn(String(index), 'hi'));
    const made = requests([{ isDialogue: true, turns: [long, ...many] }]);
    for (const { body, turns } of made) {
      expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(limits.bodyBytes);
      expect(turns.length).toBeLessThanOrEqual(limits.messagesPerAdd);
    }
    const sent = made.flatMap(({ turns }) => turns.map(({ id }) => id));
    expect(sent.filter((id) => id === 'long')).toHaveLength(Math.ceil(500_000 / limits.textCharacters));
    expect([...new Set(sent)]).toEqual(['long', ...many.map(({ id }) => id)]);
  });
});

describe('splitText', () => {
  it('prefers to cut after a paragraph, then a line, then a word', () => {
    expect(splitText('aaaa bb\n\ncc dd', 10)).toEqual(['aaaa bb', 'cc dd']);
    expect(splitText('aaaa bb\ncc dd', 10)).toEqual(['aaaa bb', 'cc dd']);
    expect(splitText('aaaa bbbb cc', 10)).toEqual(['aaaa bbbb', 'cc']);
  });

  it('loses nothing but space, keeps to the bound, and cuts no character in half', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 4, max: 40 }), (text, max) => {
        const parts = splitText(text, max);
        expect(parts.every((part) => part.length <= max && part.isWellFormed())).toBe(true);
        expect(parts.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
      }),
    );
  });
});
