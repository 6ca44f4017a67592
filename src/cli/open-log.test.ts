import { describe, expect, test } from 'vitest';
import { openLog } from './open-log.ts';

function logged(say: (log: ReturnType<typeof openLog>) => void): Record<string, unknown> {
  let lines = '';
  say(openLog({ logLevel: 'info' }, { writeError: (text) => (lines += text) }));
  return JSON.parse(lines) as Record<string, unknown>;
}

describe('the log', () => {
  test('says what failed, and not the secrets in it', () => {
    const key = `sk-${'proj-'}${'Ab3'.repeat(16)}`;
    const cause = new Error(`401: the key ${key} is wrong`);
    const line = logged((log) =>
      log.warn({ err: new Error('postgres://app:s3cret9@db/x', { cause }) }, 'a call failed'),
    );
    expect(line).toMatchObject({ msg: 'a call failed', err: { type: 'Error' } });
    expect(JSON.stringify(line)).toContain('[redacted:api_key]');
    expect(JSON.stringify(line)).toContain('postgres://app:[redacted:password]@db/x');
    expect(JSON.stringify(line)).not.toMatch(/s3cret9|Ab3Ab3/);
  });

  test('keeps what was thrown that is no error', () => {
    expect(logged((log) => log.error({ err: { code: 7, why: ['full'] } }, 'no')).err).toEqual({
      code: 7,
      why: ['full'],
    });
  });
});
