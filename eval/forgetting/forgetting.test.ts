import { describe, expect, it } from 'vitest';
import type { Conversation } from '../datasets/dataset.ts';
import { chatter } from './chatter.ts';
import { liveThrough } from './live-through.ts';
import { forgettingPolicies } from './policies.ts';
import { yearOf } from './year.ts';

const dayMs = 86_400_000;
const voices = [{ speaker: 'Ann', role: null }];

const said = [
  'I adopted a grey cat called Minka.',
  'My brother Ruben moved to Porto.',
  'I play the cello in a quartet.',
  'We painted the kitchen yellow.',
];
const conversation: Conversation = {
  id: 'made up',
  sessions: [
    {
      isDialogue: true,
      turns: said.map((text, index) => ({
        id: `t${index}`,
        text,
        speaker: 'Ann',
        role: null,
        timestamp: new Date(Date.UTC(2024, 4, 8) + index * 1_000).toISOString(),
      })),
    },
  ],
  questions: ['What is the grey cat called?', 'Where did Ruben move to?'].map((text, index) => ({
    id: `q${index}`,
    text,
    category: { name: 'made up', number: null },
    gold: [`t${index}`],
    answer: null,
    askedAt: null,
  })),
};

describe('unrelated talk', () => {
  it('is the same for the same seed, as much as is asked for, and within its time', () => {
    const options = { seed: 7, turns: 100, from: 0, until: 30 * dayMs, voices };
    const turns = chatter(options).flatMap((session) => session.turns);
    expect(chatter(options).flatMap((session) => session.turns)).toEqual(turns);
    expect(turns).toHaveLength(100);
    expect(turns.every(({ timestamp }) => Date.parse(timestamp ?? '') <= 31 * dayMs)).toBe(true);
    expect(turns.every(({ text }) => !/[{}]/.test(text))).toBe(true);
  });
});

describe('a simulated year', () => {
  it('comes out the same twice, forgets down to the share that may be kept, and is whole without forgetting', async () => {
    const year = await yearOf(conversation, { seed: 3, volume: 10 });
    expect(year.notes).toBe(44);
    const off = await liveThrough(year, { policy: null, share: 1 });
    expect(off.keptShare).toBe(1);
    expect(off.askings.length).toBeGreaterThanOrEqual(2);
    for (const policy of forgettingPolicies) {
      const lived = await liveThrough(year, { policy, share: 0.5 });
      expect(lived.keptShare).toBeGreaterThan(0);
      // What has no second mention of an entity, or is held to be true, is kept beyond the share.
      expect(lived.keptShare).toBeLessThan(1);
      expect(await liveThrough(year, { policy, share: 0.5 })).toEqual(lived);
    }
  }, 60_000);
});
