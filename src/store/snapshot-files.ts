import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder of disposable files by name, see `SnapshotFiles` in retrieval. */
export interface SnapshotFolder {
  /** Null when there is none. */
  read(name: string): Promise<Buffer | null>;
  /** Replaces the whole file or, also when the process or the power goes, nothing. */
  write(name: string, content: Buffer): Promise<void>;
  /** Gone for good when it resolves; does nothing when it is not there. */
  remove(name: string): Promise<void>;
}

const suffix = '.snapshot';
const unfinishedSuffix = '.unfinished';

/** Makes the folder, for this user only, and clears away what a killed process left unfinished. */
export async function openSnapshotFolder(folder: string): Promise<SnapshotFolder> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const file of await readdir(folder)) {
    if (file.endsWith(unfinishedSuffix)) await rm(join(folder, file), { force: true });
  }
  let written = 0;

  return {
    async read(name) {
      try {
        return await readFile(pathOf(name));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },

    async write(name, content) {
      const path = pathOf(name);
      written += 1;
      const unfinished = join(folder, `${name}.${written}${unfinishedSuffix}`);
      try {
        const file = await open(unfinished, 'wx', 0o600);
        try {
          await file.writeFile(content);
          await file.sync();
        } finally {
          await file.close();
        }
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      await syncFolder();
    },

    async remove(name) {
      try {
        await rm(pathOf(name));
      } catch (error) {
        if (isMissing(error)) return;
        throw error;
      }
      await syncFolder();
    },
  };

  function pathOf(name: string): string {
    if (!/^[0-9a-f]{16,64}$/.test(name)) throw new Error('A snapshot is named by a hash.');
    return join(folder, name + suffix);
  }

  /** A rename or a removal outlives a power cut only once the folder itself is on disk. */
  async function syncFolder(): Promise<void> {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
