import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  goodUse,
  makeClaim,
  makeDerived,
  makeEntity,
  makeKeys,
  makeLink,
  makeModelRecord,
  makeNote,
  makeRun,
  makeScope,
  makeSummary,
  may8,
  noteAdded,
  noteDerived,
  remembered,
} from '../../../test/builders.ts';
import { defaultPolicy } from '../../memory/policy.ts';
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
  store = await openSqliteStore({ path, clock: () => may8, synchronous: 'off' });
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
      {
        kind: 'note-embedded',
        noteId: memory.note.id,
        version: 1,
        derivation: 0,
        embedder: 'e',
        vector: vectorOf(index),
      },
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
      note: { tags: [`${canary}-tag`] },
    });
    const other = makeNote();
    const revision = { text: `Now ${canary} is revised.` };
    const [first, second] = [vectorOf(1_001), vectorOf(1_002)];
    await store.apply(scope, [
      ...secret.changes,
      noteAdded(other),
      { kind: 'note-embedded', noteId: secret.note.id, version: 1, derivation: 0, embedder: 'e', vector: first },
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
      { kind: 'note-embedded', noteId: secret.note.id, version: 2, derivation: 0, embedder: 'e', vector: second },
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

  test('leaves no byte of what passes made of the memory: derived fields, claims, mentions, effects of runs, answers', async () => {
    await fillAround(20);
    const secret = remembered(scope, `I hid it in ${canary}.`);
    const { note, episode } = secret;
    const other = remembered(scope, 'Another.');
    await store.apply(scope, [...secret.changes, ...other.changes]);
    const run = makeRun();
    await store.runs.begin(run);
    const claim = makeClaim({
      subject: `${canary}-subject`,
      attribute: `${canary}-attribute`,
      value: `${canary}-value`,
    });
    const said = makeNote({ text: `${canary} is told`, origin: 'derived', claim, sources: [episode.id] });
    const entity = (name: string) => [{ entity: makeEntity(name), start: 0, end: 4 }];
    for (let derivation = 0; derivation < 30; derivation += 1) {
      const word = `${canary}-${derivation}`;
      const derived = makeDerived({ keywords: [word], tags: [word], context: word, by: 'model:m' });
      const turn = derivation % 2 === 0 ? 'quarantined' : 'active';
      await store.apply(
        scope,
        [
          noteDerived({ ...note, derivation }, { derived, keys: makeKeys(word), cause: word }),
          { kind: 'entities-set', noteId: note.id, mentions: entity(word) },
          { kind: 'link-set', link: makeLink(note.id, other.note.id, { reason: word }) },
          { kind: 'link-set', link: makeLink(other.note.id, note.id, { reason: word }) },
          ...(derivation === 3 ? [noteAdded(said)] : []),
          ...(derivation > 3
            ? [{ kind: 'note-state-set', noteId: said.id, state: turn, reason: word, at: may8 } as const]
            : []),
        ],
        { run: run.id },
      );
      await store.runs.record(
        makeModelRecord(run, derivation, { answer: `{"${word}":1}`.repeat(1 + derivation * 20), shown: [note.id] }),
      );
      if (derivation % 10 === 0) await fillAround(3);
    }
    // A second run has what the first one made as its state before.
    const second = makeRun();
    await store.runs.begin(second);
    await store.apply(
      scope,
      [noteDerived({ ...note, derivation: 30 }), { kind: 'entities-set', noteId: note.id, mentions: [] }],
      {
        run: second.id,
      },
    );
    expect(found([Buffer.from(canary)])).toBe(1);

    await store.apply(scope, [{ kind: 'erased', noteIds: [note.id] }]);

    expect(found([Buffer.from(canary)])).toBe(0);
    expect(await store.runs.records(scope.tenant, run.id)).toEqual([]);
    await fillAround(5);
    expect(found([Buffer.from(canary)])).toBe(0);
  });

  test('leaves no byte of the memory in what was made of others: context lines that quote it, summaries, effects of runs', async () => {
    await fillAround(20);
    const [secret, other] = [remembered(scope, `The code is ${canary}.`), remembered(scope, 'Thanks!')];
    await store.apply(scope, [...secret.changes, ...other.changes]);
    await store.policies.set(scope, { ...defaultPolicy, keptDays: 9 });
    for (let derivation = 0; derivation < 12; derivation += 1) {
      const run = makeRun();
      await store.runs.begin(run);
      const context = `after "The code is ${canary}-${derivation}"`;
      const isQuoting = derivation % 3 !== 2;
      const derived = isQuoting ? makeDerived({ context, basis: [secret.note.id], by: 'model:m' }) : makeDerived();
      const keys = makeKeys(isQuoting ? context : 'Thanks!');
      const retention = { ...secret.note.retention, uses: derivation + 1 };
      const sentences = [{ text: `The code is ${canary}.`, episodes: [secret.episode.id] }];
      const summary = makeSummary({ key: `s${derivation}`, sentences });
      const sources = [secret.episode.id, other.episode.id];
      await store.apply(
        scope,
        [
          noteDerived({ ...other.note, derivation }, { derived, keys }),
          { kind: 'note-used', noteId: secret.note.id, retention, use: goodUse },
          noteAdded(makeNote({ kind: 'summary', origin: 'derived', text: sentences[0]!.text, summary, sources })),
        ],
        { run: run.id },
      );
      await fillAround(1);
    }
    expect(found([Buffer.from(canary)])).toBe(1);

    await store.apply(scope, [{ kind: 'erased', noteIds: [secret.note.id] }]);

    expect(found([Buffer.from(canary)])).toBe(0);
    expect((await store.note(scope.tenant, other.note.id))?.note.derived).toEqual(makeDerived());
    await fillAround(5);
    expect(found([Buffer.from(canary)])).toBe(0);
  });

  test('leaves no byte of a claim in the pages of an index that has split many times', async () => {
    const secrets = Array.from({ length: 12 }, (_, index) => remembered(scope, `Secret ${index}.`));
    await store.apply(
      scope,
      secrets.flatMap(({ changes }) => changes),
    );
    for (let index = 0; index < 600; index += 1) {
      const secret = index % 50 === 7 ? secrets[Math.floor(index / 50)] : undefined;
      const word = secret === undefined ? `word${(index * 7_919) % 1_000}` : `${canary}${(index * 7_919) % 1_000}`;
      const claim = makeClaim({ subject: `s ${(index * 31) % 600} ${word}`, value: `${(index * 17) % 600} ${word}` });
      const sources = secret === undefined ? [] : [secret.episode.id];
      await store.apply(scope, [noteAdded(makeNote({ text: 'x', claim, sources }))]);
    }
    expect(found([Buffer.from(canary)])).toBe(1);

    await store.apply(scope, [{ kind: 'erased', noteIds: secrets.map(({ note }) => note.id) }]);

    expect(found([Buffer.from(canary)])).toBe(0);
    expect(await store.claims(readScope(scope), { limit: 1_000 })).toHaveLength(588);
    await store.close();
    const raw = (await loadDriver()).open(path);
    expect(raw.pragma('integrity_check', { simple: true })).toBe('ok');
    raw.close();
  }, 30_000);

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

/** Writes a text into the unused middle of every page of a table or index that has room for it. Returns into how many. */
function plantInGaps(text: string): number {
  const file = readFileSync(path);
  let planted = 0;
  for (let page = 4096; page < file.length; page += 4096) {
    const kind = file[page] ?? 0;
    const from = (kind === 0x02 ? 12 : 8) + 2 * file.readUInt16BE(page + 3);
    const to = file.readUInt16BE(page + 5);
    if (![0x0d, 0x0a, 0x02].includes(kind) || to - from < text.length) continue;
    file.write(text, page + from, 'latin1');
    planted += 1;
  }
  writeFileSync(path, file);
  return planted;
}
