import { describe, expect, test } from 'vitest';
import { isEcphoryError } from '../memory/errors.ts';
import type { ApiKeyId } from '../memory/ids.ts';
import { parseTenant } from '../memory/scope.ts';
import { openInMemoryStore } from '../store/in-memory.ts';
import { createApiKey, parseApiKey } from './api-key.ts';
import { newAuth } from './auth.ts';

function newSubject() {
  let now = Date.UTC(2024, 0, 1);
  const clock = () => now;
  const { keys } = openInMemoryStore({ clock });
  return {
    keys,
    clock,
    auth: newAuth({ keys, clock }),
    wait: (ms: number) => {
      now += ms;
    },
    newKey: (expiresAt: number | null = null) =>
      createApiKey({ keys, clock }, { tenant: parseTenant('acme'), name: 'test', expiresAt }),
  };
}

async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (isEcphoryError(error) && error.code === 'unauthenticated') return error.message;
    throw error;
  }
  throw new Error('It should have been refused.');
}

describe('who is asking', () => {
  test('a key names its tenant', async () => {
    const { auth, newKey } = newSubject();
    const { text } = await newKey();
    expect((await auth.accessOf(`Bearer ${text}`)).tenant).toBe('acme');
    expect((await auth.accessOf(`bearer  ${text}`)).tenant).toBe('acme');
  });

  test('the store holds nothing a key could be made of', async () => {
    const { keys, newKey } = newSubject();
    const { text, key } = await newKey();
    const secret = parseApiKey(text)?.secret ?? '';
    expect(secret).toMatch(/^[0-9A-Za-z]{43}$/);
    expect(JSON.stringify(await keys.list())).not.toContain(secret);
    expect(key.secretHash).toMatch(/^[0-9a-f]{64}$/);
  });

  test('no two keys are alike', async () => {
    const { newKey } = newSubject();
    const texts = await Promise.all(Array.from({ length: 50 }, async () => (await newKey()).text));
    expect(new Set(texts).size).toBe(50);
  });

  test('whatever is wrong with a key, the answer is the same', async () => {
    const { auth, keys, clock, newKey, wait } = newSubject();
    const { text } = await newKey();
    const { key: revoked, text: revokedText } = await newKey();
    await keys.revoke(revoked.id, clock());
    const { text: expiredText } = await newKey(clock() + 10);
    wait(10);
    const other = text.endsWith('0') ? '1' : '0';
    const bad = [
      undefined,
      '',
      text,
      'Basic YTpi',
      'Bearer ',
      'Bearer ecphory_x_y',
      `Bearer ${text.slice(0, -1)}${other}`,
      `Bearer ${text.replace(/_[^_]+_/, '_0000000000zz_')}`,
      `Bearer ${revokedText}`,
      `Bearer ${expiredText}`,
      `Bearer ${text} ${text}`,
    ];
    const messages = await Promise.all(bad.map((authorization) => refusalOf(auth.accessOf(authorization))));
    expect(new Set(messages).size).toBe(1);
  });

  test('a revoked key works for less than a second longer', async () => {
    const { auth, keys, clock, newKey, wait } = newSubject();
    const { key, text } = await newKey();
    await auth.accessOf(`Bearer ${text}`);
    await keys.revoke(key.id, clock());
    wait(999);
    await refusalOf(auth.accessOf(`Bearer ${text}`));
  });

  test('a known key is not read from the store for every request', async () => {
    const { keys, clock, newKey } = newSubject();
    let reads = 0;
    const counting = {
      ...keys,
      find: (id: ApiKeyId) => {
        reads += 1;
        return keys.find(id);
      },
    };
    const { text } = await newKey();
    const auth = newAuth({ keys: counting, clock });
    for (let count = 0; count < 10; count += 1) await auth.accessOf(`Bearer ${text}`);
    expect(reads).toBe(1);
  });
});
