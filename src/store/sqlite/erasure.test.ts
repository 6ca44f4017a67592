import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  makeEntity,
  makeKeys,
  makeLink,
  makeNote,
  makeScope,
  may8,
  noteAdded,
  remembered,
} from '../../../test/builders.ts';
import { readScope } from '../../memory/scope.ts';
import { openConnection } from './connection.ts';
import { loadDriver } from './driver.ts';
import { openSqliteStore, type SqliteStore } from './open.ts';

const scope = makeScope();
const canary = 'zanzibarxylophone';
let folder: string;
let path: string;
let store: SqliteStore;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ecphory-erasure-'));
  path = join(folder, 'memory.db');
  store = await openSqliteStore({ path, clock: () => may8 });
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * How many of the byte strings are in any file of the folder. In another process: closing a file that SQLite has open
 * in this one would drop its locks.
 */
function found(needles: readonly Uint8Array[]): number {
  const script = `
    const { readdirSync, readFileSync } = require('node:fs');
    const [folder, ...needles] = process.argv.slice(1);
    const files = readdirSync(folder).map((name) => readFileSync(folder + '/' + name));
    process.stdout.write(String(needles.filter((hex) => files.some((file) => file.includes(hex, 'hex'))).length));`;
  const hex = needles.map((needle) => Buffer.from(needle).toString('hex'));
  return Number(execFileSync(process.execPath, ['-e', script, folder, ...hex], { encoding: 'utf8' }));
}

function vectorOf(seed: number): Float32Array {
  return Float32Array.from({ length: 384 }, (_, index) => Math.fround(Math.sin(seed * 1000 + index * 7)));
}

function bytesOf(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer).slice(0, 64);
}

async function fillAround(count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const memory = remembered(scope, `An ordinary memory, number ${index}. `.repeat(1 + (index % 40)));
    await store.apply(scope, [
      ...memory.changes,
      { kind: 'note-embedded', noteId: memory.note.id, version: 1, embedder: 'e', vector: vectorOf(index) },
    ]);
  }
}

describe('erasing', () => {
  test('leaves no byte of the memory in any file, wherever it was written', async () => {
    await fillAround(20);
    const long = `${canary} `.repeat(700);
    const secret = remembered(scope, long, {
      episode: {
        speaker: `${canary}-speaker`,
        sessionId: `${canary}-session`,
        place: `${canary}-place`,
        metadata: { [`${canary}-key`]: `${canary}-value` },
      },
      note: { tags: [`${canary}-tag`], keywords: [`${canary}-keyword`], context: `${canary}-context` },
    });
    const other = makeNote();
    const revision = { text: `Now ${canary} is revised.`, context: null };
    const [first, second] = [vectorOf(1_001), vectorOf(1_002)];
    await store.apply(scope, [
      ...secret.changes,
      noteAdded(other),
      { kind: 'note-embedded', noteId: secret.note.id, version: 1, embedder: 'e', vector: first },
      { kind: 'link-set', link: makeLink(secret.note.id, other.id, { reason: `because of ${canary}` }) },
      {
        kind: 'entities-set',
        noteId: secret.note.id,
        mentions: [{ entity: makeEntity(`${canary}-entity`), start: 0, end: 4 }],
      },
    ]);
    await fillAround(20);
    await store.apply(scope, [
      {
        kind: 'note-revised',
        noteId: secret.note.id,
        expectedVersion: 1,
        revision,
        keys: makeKeys(revision.text),
        cause: 'updated',
        at: may8,
      },
      { kind: 'note-state-set', noteId: secret.note.id, state: 'archived', reason: `${canary}-reason`, at: may8 },
      { kind: 'note-embedded', noteId: secret.note.id, version: 2, embedder: 'e', vector: second },
    ]);
    const needles = [Buffer.from(canary), bytesOf(first), bytesOf(second)];
    // The first vector went when the text was revised; its bytes may still be in the log.
    expect(found(needles)).toBeGreaterThanOrEqual(2);

    await store.apply(scope, [{ kind: 'erased', noteIds: [secret.note.id] }]);

    expect(found(needles)).toBe(0);
    await fillAround(5);
    expect(found(needles)).toBe(0);
    expect(
      (await store.exactNearest(readScope(scope), { embedder: 'e', vector: second, limit: 100 })).hits.length,
    ).toBe(45);
  });

  test('waits for another reader of the file, and then leaves nothing', async () => {
    const secret = remembered(scope, canary);
    await store.apply(scope, secret.changes);
    const reader = openConnection(await loadDriver(), { path, mode: 'read', synchronous: 'full' });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM notes').get();

    const erased = store.apply(scope, [{ kind: 'erased', noteIds: [secret.note.id] }]);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(await store.note(scope.tenant, secret.note.id)).toBeNull();
    reader.close();
    await erased;

    expect(found([Buffer.from(canary)])).toBe(0);
  });

  test('also clears copies that SQLite left in unused parts of pages, and reads the same afterwards', async () => {
    await fillAround(30);
    const secret = remembered(scope, 'Soon gone.');
    await store.apply(scope, secret.changes);
    await store.close();
    expect(plantInGaps(canary)).toBeGreaterThan(3);
    expect(found([Buffer.from(canary)])).toBe(1);
    store = await openSqliteStore({ path, clock: () => may8 });
    const before = await store.workingRows(readScope(scope), 0, 100);

    await store.apply(scope, [{ kind: 'erased', noteIds: [secret.note.id] }]);

    expect(found([Buffer.from(canary)])).toBe(0);
    expect(await store.workingRows(readScope(scope), 0, 100)).toEqual(before.slice(0, -1));
    await fillAround(10);
    await store.close();
    const raw = (await loadDriver()).open(path);
    expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
    raw.close();
  });

  test('that a killed process left half done is finished when the file is opened again', async () => {
    await fillAround(10);
    await store.close();
    plantInGaps(canary);
    const raw = (await loadDriver()).open(path);
    raw.exec(`INSERT INTO properties (name, value) VALUES ('erasure-owed', 'yes')`);
    raw.close();
    expect(found([Buffer.from(canary)])).toBe(1);

    store = await openSqliteStore({ path, clock: () => may8 });

    expect(found([Buffer.from(canary)])).toBe(0);
  });
});

/** Writes a text into the unused middle of every table page that has room for it. Returns into how many. */
function plantInGaps(text: string): number {
  const file = readFileSync(path);
  let planted = 0;
  for (let page = 4096; page < file.length; page += 4096) {
    const from = 8 + 2 * file.readUInt16BE(page + 3);
    const to = file.readUInt16BE(page + 5);
    if (file[page] !== 0x0d || to - from < text.length) continue;
    file.write(text, page + from, 'latin1');
    planted += 1;
  }
  writeFileSync(path, file);
  return planted;
}
