import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allEligible, analyzer, type Said, workingSetOf } from '../../test/working-set-of.ts';
import { confidence, confidenceFeatures } from './confidence.ts';
import { analyseCue } from './cue.ts';

const talk: readonly Said[] = [
  { text: 'I won the dance contest in Paris last spring.', speaker: 'Gina', session: 'a' },
  { text: 'Wow, did you win the dance contest with your team?', speaker: 'Jon', session: 'a' },
  { text: 'Yes, the contest was hard, our team danced for an hour.', speaker: 'Gina', session: 'a' },
  { text: 'I lost my job at the bank.', speaker: 'Jon', session: 'b' },
  { text: 'Sorry to hear that. Which bank was it?', speaker: 'Gina', session: 'b' },
  { text: 'The bank on the main square, the job paid well.', speaker: 'Jon', session: 'b' },
];

function inputOf(said: readonly Said[], text: string): Parameters<typeof confidence>[0] {
  const set = workingSetOf(said);
  return { set, cue: analyseCue(text, analyzer, set), text, analyzer, eligible: allEligible(set) };
}

const confidenceIn = (said: readonly Said[], text: string): number => confidence(inputOf(said, text));

describe('confidence', () => {
  it('is higher for what was told than for what was not', () => {
    const told = confidenceIn(talk, 'Where did Gina win the dance contest?');
    expect(told).toBeGreaterThan(0.5);
    expect(confidenceIn(talk, 'Which submarine did Gina repair in the contest?')).toBeLessThan(told);
  });

  it('is higher for whom it was than for whom it was not', () => {
    expect(confidenceIn(talk, 'Where did Gina win the dance contest?')).toBeGreaterThan(
      confidenceIn(talk, 'Where did Jon win the dance contest?') + 0.2,
    );
    expect(confidenceIn(talk, 'Which bank job did Jon lose?')).toBeGreaterThan(
      confidenceIn(talk, 'Which bank job did Gina lose?') + 0.2,
    );
  });

  it('does not take who asks for who tells', () => {
    const features = confidenceFeatures(inputOf(talk, 'Did Gina win the dance contest with her team?'));
    // Jon's question has every word of it.
    expect(features?.said).toBeGreaterThan(0);
  });

  it('takes the one named first for whom it is about', () => {
    const first = confidenceFeatures(inputOf(talk, 'What did Gina tell Jon about the dance contest?'));
    const second = confidenceFeatures(inputOf(talk, 'What did Jon tell Gina about the dance contest?'));
    expect(first?.said).toBeCloseTo(-(second?.said ?? 0), 12);
    expect(first?.said).toBeGreaterThan(0);
  });

  it('is 0 when there is nothing to go by', () => {
    expect(confidenceIn([], 'Where did Gina win?')).toBe(0);
    expect(confidenceIn(talk, '')).toBe(0);
    expect(confidenceIn(talk, 'submarine zeppelin')).toBe(0);
    const hidden = inputOf(talk, 'Where did Gina win the dance contest?');
    expect(confidence({ ...hidden, eligible: new Uint8Array(hidden.set.size) })).toBe(0);
  });

  it('is not low because a memory is small', () => {
    expect(confidenceIn([{ text: 'My hamster is called Pepper.' }], 'What is my hamster called?')).toBeGreaterThan(0.8);
  });

  it('has the features that its words have, by hand', () => {
    const said: readonly Said[] = [
      { text: 'red apple' },
      { text: 'red pear' },
      { text: 'green plum' },
      { text: 'green fig' },
    ];
    // `red` and `green` are in two notes of four and weigh alike; each note has half of the cue, all of it together.
    const features = confidenceFeatures(inputOf(said, 'red green'));
    expect(features).toEqual({ coverage: 0.5, together: 1, support: 1, said: 0 });
  });

  it('lies between 0 and 1 and is the same every time', () => {
    const words = fc.array(fc.constantFrom('Gina', 'Jon', 'dance', 'bank', 'contest', 'zeppelin', 'who', 'the', '?'), {
      maxLength: 12,
    });
    const set = workingSetOf(talk);
    fc.assert(
      fc.property(words, (some) => {
        const text = some.join(' ');
        const input = { set, cue: analyseCue(text, analyzer, set), text, analyzer, eligible: allEligible(set) };
        const value = confidence(input);
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        expect(confidence(input)).toBe(value);
      }),
    );
  });
});
