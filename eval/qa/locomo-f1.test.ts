import { describe, expect, it } from 'vitest';
import { locomoScore, normalTokens, tokenF1 } from './locomo-f1.ts';

describe('normalTokens', () => {
  it('drops case, punctuation, articles and "and", and stems', () => {
    expect(normalTokens('The cats, and an "Adopted" dog!')).toEqual(['cat', 'adopt', 'dog']);
    // Punctuation goes before words are parted, as in the original.
    expect(normalTokens('well-known U.S.A. 1,000')).toEqual(['wellknown', 'usa', '1000']);
    expect(normalTokens('  and the  ')).toEqual([]);
  });
});

describe('tokenF1', () => {
  it.each([
    ['May 7', '7 May', 1],
    // Shared: 2 of 3 given, 2 of 4 wanted: 2 * (2/3) * (1/2) / (2/3 + 1/2) = 4/7.
    ['big red cat', 'red cat with hat', 4 / 7],
    // A word said twice is shared once when gold has it once: P 1/2, R 1.
    ['dog dog', 'dog', 2 / 3],
    ['bird', 'fish', 0],
    ['', 'fish', 0],
    ['the', 'the', 0],
  ])('of %j against %j is %d', (answer, gold, f1) => {
    expect(tokenF1(answer, gold)).toBeCloseTo(f1, 12);
  });
});

describe('locomoScore', () => {
  it('takes the parts of a multi-hop answer one by one', () => {
    // Gold parts: "pottery" found (1), "camping" found (1), "swimming" best match 0.
    expect(locomoScore(1, 'Camping, pottery', 'pottery, camping, swimming')).toBeCloseTo(2 / 3, 12);
    // The same as one text would be 2 * 2 / 5.
    expect(locomoScore(4, 'Camping, pottery', 'pottery, camping, swimming')).toBeCloseTo(4 / 5, 12);
    expect(locomoScore(1, '', 'a b')).toBe(0);
  });

  it('reads the gold answer of an open-domain question up to its first semicolon', () => {
    expect(locomoScore(3, 'Likely yes', 'Likely yes; because she collects books')).toBe(1);
    expect(locomoScore(2, 'Likely yes', 'Likely yes; because she collects books')).toBeLessThan(1);
  });

  it('accepts of an adversarial question only that it was not said', () => {
    expect(locomoScore(5, 'That is Not mentioned in the conversation.', 'self-care')).toBe(1);
    expect(locomoScore(5, 'No information available', '')).toBe(1);
    expect(locomoScore(5, 'self-care', 'self-care')).toBe(0);
  });
});
