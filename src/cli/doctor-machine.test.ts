import { expect, test } from 'vitest';
import { nativeCheck, nodeCheck } from './doctor-machine.ts';

test.each([
  ['18.20.0', 'fail'],
  ['20.18.3', 'fail'],
  ['20.19.0', 'warn'],
  ['22.12.0', 'ok'],
  ['23.1.0', 'warn'],
  ['24.0.0', 'ok'],
])('Node %s: %s', (version, status) => {
  const check = nodeCheck(version);
  expect(check.status).toBe(status);
  expect(check.advice === null).toBe(status === 'ok');
});

test('an index library that is not there is a warning, a driver that does not load is a failure', async () => {
  const without = await nativeCheck(async () => ({ sqlite: '3.53.2', sqliteVec: 'v0.1.9', hnswlib: null }));
  expect(without).toMatchObject({ status: 'warn', detail: expect.stringContaining('hnswlib-node not there') });
  const broken = await nativeCheck(async () => {
    throw new Error('Could not locate the bindings file.\n at somewhere');
  });
  expect(broken).toMatchObject({ status: 'fail', detail: expect.stringMatching(/bindings file\.$/) });
  expect(broken.advice).toContain('npm rebuild better-sqlite3');
});
