import { describe, expect, it } from 'vitest';
import type { Conversation } from './datasets/dataset.ts';
import { abstentionScores, longMemEvalSessionScores, newestFirstScore } from './scores.ts';

const session = (...ids: readonly string[]) => ({
  isDialogue: true,
  turns: ids.map((id) => ({ id, text: id, speaker: null, role: null, timestamp: null })),
});

const conversation: Conversation = {
  id: 'c',
  sessions: [session('0:0', '0:1'), session('1:0'), session('2:0', '2:1')],
  questions: [],
};

const row = (ranked: readonly string[], userSide: readonly number[]) => ({
  conversation,
  question: {
    id: 'q',
    text: 'q',
    category: { name: 'multi-session', number: null },
    gold: ['0:0'],
    answer: null,
    askedAt: null,
    goldSessions: { all: [0], userSide },
  },
  ranked,
});

describe('longMemEvalSessionScores', () => {
  it('leaves questions without user-side evidence out under one convention and gives them 1 under the other', () => {
    const { convention_419, convention_470 } = longMemEvalSessionScores([
      row(['1:0', '0:1', '2:0'], [0]),
      row(['1:0'], []),
    ]);
    expect(convention_419).toMatchObject({ n: 1, recall_any_at_5: 1, recall_all_at_5: 1 });
    expect(convention_470).toMatchObject({ n: 2, recall_any_at_5: 0.5, recall_all_at_5: 1 });
    // Session 0 has two turns, one of them found at rank 2, which weighs as much as rank 1: 1 / (1 + 1).
    expect(convention_419.ndcg_at_5).toBe(0.5);
    expect(convention_470.ndcg_at_5).toBe(0.25);
  });
});

describe('newestFirstScore', () => {
  const updated = (ranked: readonly string[]) => {
    const { conversation: of, question } = row(ranked, []);
    return { conversation: of, ranked, question: { ...question, update: { newest: ['1:0', '2:0'], older: ['0:0'] } } };
  };

  it('counts those with old and new among the hits, and of them those with the best new one above every old one', () => {
    const rows = [
      updated(['2:1', '2:0', '0:0']),
      updated(['0:0', '1:0']),
      updated(['0:0']),
      updated(['2:0', '0:0', '1:0']),
    ];
    expect(newestFirstScore(rows)).toEqual({ share: 2 / 3, newest_first: 2, returned: 3, n: 4 });
  });

  it('is null when no question is for an updated value', () => {
    expect(newestFirstScore([row([], [])])).toBeNull();
  });
});

describe('abstentionScores', () => {
  const answered = (confidence: number) => ({ ...row([], []), confidence });
  const unanswerable = (confidence: number) => {
    const one = row([], []);
    return { ...one, question: { ...one.question, gold: [], isUnanswerable: true as const }, confidence };
  };

  it('says how often a question with an answer has the higher confidence', () => {
    const rows = [answered(0.9), answered(0.3), unanswerable(0.4), unanswerable(0.1), row([], [])];
    expect(abstentionScores(rows)).toEqual({ auroc: 0.75, answerable: 2, unanswerable: 2 });
  });

  it('says nothing where all questions are of one kind, or nothing gave a confidence', () => {
    expect(abstentionScores([answered(0.9)])).toBeNull();
    expect(abstentionScores([unanswerable(0.9)])).toBeNull();
    expect(abstentionScores([row([], [])])).toBeNull();
  });
});
