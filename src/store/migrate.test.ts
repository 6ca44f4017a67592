import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate, migrationFolder } from './migrate.ts';
import { type Connection, loadDriver } from './sqlite/driver.ts';

let folder: string;
let migrations: string;
let database: Connection;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecphory-migrate-'));
  migrations = join(folder, 'migrations');
  mkdirSync(migrations);
  database = (await loadDriver()).open(join(folder, 'memory.db'));
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, sql: string): void {
  writeFileSync(join(migrations, name), sql);
}

function migrateHere(beforeUpgrade: (lastApplied: string) => void = () => {}): readonly string[] {
  return migrate(database, { folder: migrations, clock: () => 1, beforeUpgrade });
}

function tables(): unknown[] {
  return database.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).pluck().all();
}

describe('migrate', () => {
  test('applies what is missing, in order, once', () => {
    write('0001-first.sql', 'CREATE TABLE a (x);');
    write('0002-second.sql', 'ALTER TABLE a RENAME TO b;');

    expect(migrateHere()).toEqual(['0001-first.sql', '0002-second.sql']);
    expect(migrateHere()).toEqual([]);
    expect(tables()).toEqual(['b', 'migrations']);
  });

  test('tells of an upgrade before it changes a database that already had some, and not of a first one', () => {
    const told: string[] = [];
    write('0001-first.sql', 'CREATE TABLE a (x);');
    migrateHere((last) => told.push(last));
    write('0002-second.sql', 'CREATE TABLE b (x);');
    migrateHere((last) => told.push(`${last}, with ${tables().join(' and ')}`));

    expect(told).toEqual(['0001-first.sql, with a and migrations']);
  });

  test('a file that fails changes nothing, not even by its first statements', () => {
    write('0001-first.sql', 'CREATE TABLE a (x);');
    migrateHere();
    write('0002-second.sql', 'CREATE TABLE b (x); CREATE TABLE b (y);');

    expect(() => migrateHere()).toThrow('0002-second.sql failed');
    expect(tables()).toEqual(['a', 'migrations']);
  });

  test('refuses a database whose migration was changed since, naming the file', () => {
    write('0001-first.sql', 'CREATE TABLE a (x);');
    migrateHere();
    write('0001-first.sql', 'CREATE TABLE a (x, y);');

    expect(() => migrateHere()).toThrow('0001-first.sql is not the file that was applied');
  });

  test('does not mind line ends that a checkout turned around', () => {
    write('0001-first.sql', 'CREATE TABLE a (x);\nCREATE TABLE b (x);\n');
    migrateHere();
    write('0001-first.sql', 'CREATE TABLE a (x);\r\nCREATE TABLE b (x);\r\n');

    expect(migrateHere()).toEqual([]);
  });

  test('refuses a database of a newer version, naming its migration', () => {
    write('0001-first.sql', 'CREATE TABLE a (x);');
    write('0002-second.sql', 'CREATE TABLE b (x);');
    migrateHere();
    rmSync(join(migrations, '0002-second.sql'));

    expect(() => migrateHere()).toThrow('newer version of Ecphory, which applied 0002-second.sql');
  });

  test('refuses a renamed or replaced migration', () => {
    write('0001-first.sql', 'CREATE TABLE a (x);');
    migrateHere();
    cpSync(join(migrations, '0001-first.sql'), join(migrations, '0001-other.sql'));
    rmSync(join(migrations, '0001-first.sql'));

    expect(() => migrateHere()).toThrow('it applied 0001-first.sql, where this version has 0001-other.sql');
  });

  test('refuses a database that applied a later migration before an earlier one', () => {
    write('0001-first.sql', 'CREATE TABLE a (x);');
    migrateHere();
    database.exec(`UPDATE migrations SET number = 2, name = '0002-second.sql'`);

    expect(() => migrateHere()).toThrow('0002-second.sql was applied out of order');
  });

  test('refuses a folder with a gap in its numbers', () => {
    write('0002-second.sql', 'CREATE TABLE a (x);');

    expect(() => migrateHere()).toThrow('0002-second.sql cannot be number 1');
  });

  test('refuses a database of another program', () => {
    write('0001-first.sql', 'CREATE TABLE a (x);');
    database.exec('CREATE TABLE photographs (x)');

    expect(() => migrateHere()).toThrow('another program');
  });
});

describe('the migrations of SQLite', () => {
  test('give the schema that schema.sql shows (vitest -u writes it anew)', async () => {
    migrate(database, { folder: migrationFolder('sqlite'), clock: () => 1 });
    const schema = database
      .prepare(`SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid`)
      .pluck()
      .all()
      .join('\n\n');

    await expect(`${schema}\n`).toMatchFileSnapshot(join(migrationFolder('sqlite'), 'schema.sql'));
  });

  test('are the only other files of their folder', () => {
    const others = readdirSync(migrationFolder('sqlite')).filter((name) => !/^\d{4}-[a-z0-9-]+\.sql$/.test(name));

    expect(others).toEqual(['schema.sql']);
  });
});
