import { expect, test } from 'vitest';
import { contextTable, evidenceIn } from './context.ts';
import type { Turn } from './datasets/dataset.ts';

const turn = (id: string, text: string): Turn => ({ id, text, speaker: null, role: null, timestamp: null });
const turns = [
  turn('D1:1', 'The boat is red.'),
  turn('D1:2', 'It sails\n\nwell\u200b!'),
  turn('D1:3', 'A long story.'),
];
const conversation = { sessions: [{ isDialogue: true, turns }] };
const turnIds = new Map(turns.map(({ id }, index) => [`note_${index + 1}`, id]));
const memory = (id: string, is_cut = false) => ({ id, is_cut });
const evidence = (text: string, memories: readonly { id: string; is_cut: boolean }[], gold: readonly string[]) =>
  evidenceIn({ text, memories: [...memories] }, { gold }, conversation, turnIds);

test('evidence counts when its memory was used and its words are there, however lines are broken', () => {
  const text = '[1] Ana: The boat is red.\n[2] Ben: It sails\n  well!';
  const memories = [memory('note_1'), memory('note_2')];
  expect(evidence(text, memories, ['D1:1', 'D1:2'])).toEqual({ whole: 1, some: 1 });
  expect(evidence(text, memories, ['D1:1', 'D1:3'])).toEqual({ whole: 0.5, some: 0.5 });
});

test('a memory that was cut counts as some of it, one whose words are not there as not whole', () => {
  expect(evidence('[1] The boat is …', [memory('note_1', true)], ['D1:1'])).toEqual({ whole: 0, some: 1 });
  expect(evidence('[1] The boat', [memory('note_1')], ['D1:1'])).toEqual({ whole: 0, some: 1 });
});

test('words that are there by chance do not count without their memory', () => {
  expect(evidence('[1] The boat is red.', [memory('note_9')], ['D1:1'])).toEqual({ whole: 0, some: 0 });
});

test('the table says recall by tokens', () => {
  const scores = { recall: 0.5, all: 0.25, recall_with_parts: 0.75, tokens: 480, memories: 9.5, p50_ms: 3 };
  expect(contextTable({ 500: scores }).split('\n')[2]).toMatch(/^500 tokens +0\.500 +0\.250 +0\.750 +480 +9\.5 +3\.0$/);
});
