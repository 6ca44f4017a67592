import { describe, expect, it, test } from 'vitest';
import { attributeNamed, attributesAsked, verbPhrases } from './attributes.ts';

describe('attributeNamed', () => {
  test.each([
    ['wife', 'spouse', true],
    ['the name of the current head of state', 'head of state', true],
    ['country of citizenship', 'citizenship', true],
    ['favorite color', 'favourite colour', true],
    ['daily quota', 'daily quota', true],
    ['sisters', 'sister', false],
    ['user name', 'user name', true],
  ])('knows %j as %j', (words, name, isSingle) => {
    expect(attributeNamed(words)).toMatchObject({ name, isSingle });
  });
});

describe('attributesAsked', () => {
  test.each([
    ['Where does Ann live?', ['residence']],
    ['Which country is Ann a citizen of?', ['citizenship']],
    ['What is the country of citizenship of the author of Misery?', ['citizenship', 'author']],
    ['What is the capital of the country where Tom was born?', ['capital', 'birthplace']],
    ['In which city is the company that produced Windows headquartered?', ['producer', 'headquarters']],
    ["Who is Ann's boss's boss?", ['boss', 'boss']],
    ['Which university was Ann educated at?', ['education']],
    ['What is my daily quota?', []],
  ])('finds in %j %j', (question, names) => {
    expect(attributesAsked(question).map(({ attribute }) => attribute.name)).toEqual(names);
  });

  it('says where in the question', () => {
    const question = "Who is Ann's boss?";
    expect(attributesAsked(question).map(({ start, end }) => question.slice(start, end))).toEqual(['boss']);
  });
});

describe('verbPhrases', () => {
  it('gives patterns that compile', () => {
    for (const { pattern } of verbPhrases()) expect(new RegExp(pattern, 'u')).toBeInstanceOf(RegExp);
  });
});
