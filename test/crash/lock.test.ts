import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isLockedByAnother } from '../../src/store/file-lock.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { builtModule, crashScript } from './built-store.ts';

test('a database that another process has is refused, naming it, and is free once that process was killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ecphory-lock-'));
  const path = join(folder, 'memory.db');
  const holder = spawn(
    process.execPath,
    [crashScript('hold-lock.mjs'), builtModule('src/store/sqlite/open.js'), path],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    await once(holder.stdout, 'data');
    const startedAt = performance.now();
    const refusal: unknown = await openSqliteStore({ path, clock: Date.now }).catch((error: unknown) => error);
    const elapsedMs = performance.now() - startedAt;

    expect(isLockedByAnother(refusal)).toBe(true);
    expect(refusal).toMatchObject({ message: expect.stringContaining(`process ${holder.pid} on ${hostname()}`) });
    expect(elapsedMs).toBeLessThan(1_000);

    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const store = await openSqliteStore({ path, clock: Date.now });
    expect((await store.health()).writable).toBe(true);
    await store.close();
  } finally {
    holder.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});
