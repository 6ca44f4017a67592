import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openConnection } from './connection.ts';
import { assertDriverFits, assertSqliteIsNew, type Driver, loadDriver } from './driver.ts';

let folder: string;
let path: string;
let driver: Driver;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecphory-connection-'));
  path = join(folder, 'memory.db');
  writeFileSync(path, '');
  driver = await loadDriver();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a connection', () => {
  test.each([
    ['journal_mode', 'wal'],
    ['synchronous', 2],
    ['foreign_keys', 1],
    ['secure_delete', 1],
    ['trusted_schema', 0],
    ['temp_store', 2],
    ['cell_size_check', 1],
    ['busy_timeout', 250],
    ['journal_size_limit', 67_108_864],
  ])('that writes has %s = %s, also after it has written and on a file that is there', (pragma, expected) => {
    for (let opening = 1; opening <= 2; opening += 1) {
      const connection = openConnection(driver, { path, mode: 'write', synchronous: 'full' });
      connection.exec(`CREATE TABLE made_${opening} (x)`);
      expect(connection.pragma(pragma, { simple: true })).toBe(expected);
      connection.close();
    }
  });

  test('without synchronous commits is for measuring', () => {
    const connection = openConnection(driver, { path, mode: 'write', synchronous: 'off' });
    expect(connection.pragma('synchronous', { simple: true })).toBe(0);
    connection.close();
  });

  test('that reads cannot write', () => {
    openConnection(driver, { path, mode: 'write', synchronous: 'full' }).close();
    const connection = openConnection(driver, { path, mode: 'read', synchronous: 'full' });
    expect(() => connection.exec('CREATE TABLE made (x)')).toThrow('readonly');
    connection.close();
  });
});

describe('the driver', () => {
  test('is refused in one clear line where it would end the process', () => {
    expect(() => assertDriverFits('20.19.0', '13.0.1')).toThrow(
      /better-sqlite3 13\.0\.1 needs Node 22 .* Node 20\.19\.0/,
    );
  });

  test.each([
    ['20.19.0', '12.9.0'],
    ['22.0.0', '13.0.0'],
    ['24.1.0', '12.11.1'],
  ])('is accepted on Node %s as better-sqlite3 %s', (node, version) => {
    expect(() => assertDriverFits(node, version)).not.toThrow();
  });

  test.each(['3.51.2', '3.50.9', '2.99.99'])('is refused with SQLite %s, which can corrupt the log', (version) => {
    expect(() => assertSqliteIsNew(version)).toThrow('3.51.3');
  });

  test.each(['3.51.3', '3.53.2', '4.0.0'])('is accepted with SQLite %s', (version) => {
    expect(() => assertSqliteIsNew(version)).not.toThrow();
  });
});
