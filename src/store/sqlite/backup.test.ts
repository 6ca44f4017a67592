import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { may8 } from '../../../test/builders.ts';
import { migrate } from '../migrate.ts';
import { backUpBeforeUpgrade } from './backup.ts';
import { loadDriver } from './driver.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ecphory-backup-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('an upgrade that destroys leaves a private copy of the database as it was', async () => {
  const driver = await loadDriver();
  const path = join(folder, 'memory.db');
  const migrations = join(folder, 'migrations');
  mkdirSync(migrations);
  const database = driver.open(path);
  writeFileSync(join(migrations, '0001-first.sql'), 'CREATE TABLE a (x); INSERT INTO a VALUES (42);');
  migrate(database, { folder: migrations, clock: () => may8 });
  writeFileSync(join(migrations, '0002-second.sql'), 'DROP TABLE a;');

  const backups: string[] = [];
  migrate(database, {
    folder: migrations,
    clock: () => may8,
    beforeUpgrade: (lastApplied) => backups.push(backUpBeforeUpgrade(database, { path, lastApplied, at: may8 })),
  });
  database.close();

  expect(backups).toEqual([`${path}.after-0001-first-2024-05-08T13-56-00-000Z`]);
  expect(statSync(`${path}.after-0001-first-2024-05-08T13-56-00-000Z`).mode & 0o777).toBe(0o600);
  const copy = driver.open(`${path}.after-0001-first-2024-05-08T13-56-00-000Z`, { readonly: true });
  expect(copy.prepare('SELECT x FROM a').pluck().get()).toBe(42);
  copy.close();
});
