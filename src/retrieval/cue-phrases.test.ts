import { describe, expect, test } from 'vitest';
import { cuePhrases } from './cue-phrases.ts';

const subjectsOf = (cue: string): readonly string[] => cuePhrases(cue).subjects.map(({ key }) => key);

describe('the phrases of a cue', () => {
  test('name titles that begin and end with small words, possessives without their ending', () => {
    expect(subjectsOf('Who wrote "To Kill a Mockingbird"?')).toContain('to kill a mockingbird');
    expect(subjectsOf("Where are the headquarters of Ann's employer?")).toContain('ann');
  });

  test('a part of a longer name is nobody by itself', () => {
    expect(subjectsOf('Charles Andrews graduated from what school?')).not.toContain('andrews');
    expect(subjectsOf('Does Ann know Bob?')).toContain('bob');
  });

  test('an attribute is found with a word between its words, and knows where it stands', () => {
    const cue = 'What is my daily call quota?';
    const quota = cuePhrases(cue).attributes.find(({ key }) => key === 'daily quota');
    expect(cue.slice(quota?.start, quota?.end)).toBe('daily call quota');
  });

  test('who asks is told by the first person', () => {
    expect(cuePhrases('Where do I live?').firstPerson?.key).toBe('i');
    expect(cuePhrases('Where does Ann live?').firstPerson).toBeNull();
  });

  test('of a long cue both ends are looked at, and no more phrases come of it than of 128 words', () => {
    const startedAt = performance.now();
    const { subjects } = cuePhrases(`Ann. ${'lorem ipsum '.repeat(10_000)} Where does Bob live?`);
    expect(subjects.map(({ key }) => key)).toEqual(expect.arrayContaining(['ann', 'bob']));
    expect(subjects.length).toBeLessThanOrEqual(128 * 8);
    expect(cuePhrases('x'.repeat(200_000)).subjects).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
