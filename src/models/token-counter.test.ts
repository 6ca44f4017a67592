import { describe, expect, test } from 'vitest';
import { newTokenCounterLoader } from './token-counter.ts';

describe('the token counter', async () => {
  const load = newTokenCounterLoader();
  const { count } = await load();

  test.each([
    ['', 0],
    ['hello world', 2],
    ['2023-05-08', 6],
    ['Ana moved to Lisbon.\n', 5],
  ])('counts %j as o200k_base does', (text, tokens) => {
    expect(count(text)).toBe(tokens);
  });

  test('what looks like a special token is text', () => {
    expect(count('<|endoftext|>')).toBeGreaterThan(1);
  });

  test('is loaded once', async () => {
    expect(await load()).toBe(await load());
  });

  test.each([
    ['letters', 'a'],
    ['Han characters', '漢字'],
    ['spaces', ' '],
    ['line feeds', '\n'],
    ['signs', '='],
    ['emoji', '🐙'],
    ['combining marks', 'z\u0300'],
  ])('65,536 %s in a row are counted in less than two seconds', (_name, unit) => {
    const text = unit.repeat(65_536 / unit.length);
    const startedAt = performance.now();
    expect(count(text)).toBeGreaterThan(0);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
