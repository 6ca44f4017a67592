import { expect, test } from 'vitest';
import { isAskedToRemember } from './asked-to-remember.ts';

test.each([
  'Remember this: my locker code is 4417.',
  "Please don't forget that I am allergic to nuts.",
  'I moved to Porto. Do not forget it!',
  'Keep in mind I only fly in the morning.',
  'Hey, remember that I prefer tea.',
  'remember my birthday is on 3 May',
  'Make a note: the meeting is on Friday.',
])('%s', (text) => {
  expect(isAskedToRemember(text)).toBe(true);
});

test.each([
  'I remember this place well.',
  'I will never forget that summer.',
  'Remember that time in Rome, when we lost the keys.',
  'Do you remember my birthday?',
  'Remember this?',
  'She made a note of it.',
  'They don’t forget a face.',
])('not: %s', (text) => {
  expect(isAskedToRemember(text)).toBe(false);
});
