import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSnapshotFolder } from './snapshot-files.ts';

const name = 'a'.repeat(64);
let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'ecphory-snapshots-')), 'snapshots');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

describe('a folder of snapshots', () => {
  it('gives back what was last written, and null for what is not there', async () => {
    const files = await openSnapshotFolder(folder);
    await files.write(name, Buffer.from('one'));
    await files.write(name, Buffer.from('two'));
    expect(await files.read(name)).toEqual(Buffer.from('two'));
    expect(await files.read('b'.repeat(64))).toBeNull();
    expect(await readdir(folder)).toEqual([`${name}.snapshot`]);
  });

  it('removes for good, and twice without complaint', async () => {
    const files = await openSnapshotFolder(folder);
    await files.write(name, Buffer.from('one'));
    await files.remove(name);
    await files.remove(name);
    expect(await readdir(folder)).toEqual([]);
  });

  it('lets nobody else look in', async () => {
    const files = await openSnapshotFolder(folder);
    await files.write(name, Buffer.from('one'));
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, `${name}.snapshot`))).mode & 0o777).toBe(0o600);
  });

  it('clears away what a killed process left unfinished', async () => {
    await openSnapshotFolder(folder);
    await writeFile(join(folder, `${name}.7.unfinished`), 'half');
    await openSnapshotFolder(folder);
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes no name that could be a path', async () => {
    const files = await openSnapshotFolder(folder);
    await expect(files.read('../../etc/passwd')).rejects.toThrow('hash');
  });
});
