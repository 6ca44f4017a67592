import { describe, expect, test } from 'vitest';
import { reaches } from './access.ts';
import { parseNamespace } from './scope.ts';

const alice = [parseNamespace('users/alice'), parseNamespace('équipe')];

describe('a key with a list of namespaces', () => {
  test.each([
    ['users/alice', true],
    ['users/alice/work', true],
    ['users/alice/**', true],
    // Typed with a combining accent.
    ['équipe/x', true],
    ['users/alice2', false],
    ['users/al', false],
    ['users', false],
    ['users/**', false],
    ['Users/alice', false],
    ['', false],
    ['**', false],
    ['users/alice**', false],
  ])('reaches %j: %s', (namespace, expected) => {
    expect(reaches(alice, namespace)).toBe(expected);
  });

  test('reaches everything without a list and nothing with an empty one', () => {
    expect(reaches(null, 'users/**')).toBe(true);
    expect(reaches([], 'users/alice')).toBe(false);
  });
});
