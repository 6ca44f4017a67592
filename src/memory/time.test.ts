import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatTime, parseTime } from './time.ts';

describe('parseTime', () => {
  test.each([
    ['2023-05-08', Date.UTC(2023, 4, 8)],
    ['2023-05-08T13:56', Date.UTC(2023, 4, 8, 13, 56)],
    ['2023-05-08T13:56:07.5Z', Date.UTC(2023, 4, 8, 13, 56, 7, 500)],
    ['2023-05-08 13:56:07+02:00', Date.UTC(2023, 4, 8, 11, 56, 7)],
    ['2024-02-29T00:00:00-0530', Date.UTC(2024, 1, 29, 5, 30)],
  ])('reads %s', (text, at) => {
    expect(parseTime(text)).toBe(at);
  });

  test.each([
    '',
    'yesterday',
    '2023-02-29',
    '2023-13-01',
    '2023-00-10',
    '2023-05-08T24:00',
    '2023-05-08T10:60',
    '2023-05-08T10:00:60',
    '0000-01-01',
    '99999-01-01',
    '2023-5-8',
    '08/05/2023',
    '1683554160000',
    '2023-05-08T10:00+24:00',
  ])('refuses %j', (text) => {
    expect(parseTime(text)).toBeNull();
  });

  test('what formatTime writes is read back unchanged', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 0, 1) }), (at) => {
        expect(parseTime(formatTime(at))).toBe(at);
      }),
    );
  });
});
