import { createHash, randomUUID } from 'node:crypto';
import { EcphoryError, isEcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import { noteStates } from '../../memory/note.ts';
import type { ListInput, Memory, MemoryService } from '../../memory/service.ts';
import { root } from './path.ts';
import {
  contentOf,
  type FilePart,
  fileFields,
  fileMetadata,
  partsOf,
  type StoredFile,
  storedFile,
} from './stored-file.ts';

/**
 * Files as memories of one namespace: one memory each, whose `metadata.path` is its path; directories are there while
 * something is in them. What is taken away is archived: out of the tree and of recall, and a person can restore it.
 */
export interface FileTree {
  file(path: string): Promise<StoredFile | null>;
  /** Everything inside a directory, at any depth, in no order. */
  filesIn(directory: string): Promise<readonly StoredFile[]>;
  contentOf(file: StoredFile): Promise<string>;
  /** False when a file is there already, also one that someone else makes at the same moment. */
  add(path: string, content: string): Promise<boolean>;
  /** `edit` is asked again when someone else changed the file meanwhile. False when there is no such file. */
  rewrite(path: string, edit: (content: string) => string): Promise<boolean>;
  /**
   * False when a file is there already. Its history comes along.
   *
   * @throws EcphoryError `stale` or `not_found` when someone else changed it meanwhile.
   */
  move(file: StoredFile, path: string): Promise<boolean>;
  archive(file: StoredFile): Promise<void>;
}

export function newFileTree(memory: MemoryService, namespace: string): FileTree {
  return {
    file,
    filesIn: (directory) => filesWhere({ [fileFields.path]: { $gte: `${directory}/`, $lt: `${directory}0` } }),
    contentOf: wholeContentOf,
    async add(path, content) {
      const [first, ...rest] = partsOf(content);
      if (first === undefined) throw new EcphoryError('internal', 'A file without a part.');
      const partIds = await addParts(rest);
      const made = { [fileFields.made]: randomUUID() };
      const metadata = { ...fileMetadata({ path, content, partIds }, first), ...made };
      const id = await addFirst(path, { text: first.text, metadata });
      // Someone may have moved a file here meanwhile: whoever looks last and sees two takes the own one back.
      if (id !== null && (await isAlone(path, id))) return true;
      await archiveAll(id === null ? partIds : [id, ...partIds]);
      return false;
    },
    async rewrite(path, edit) {
      for (let triesLeft = limits.memoryFileTries; ; triesLeft -= 1) {
        const before = await file(path);
        if (before === null) return false;
        const content = edit(await wholeContentOf(before));
        const [first, ...rest] = partsOf(content);
        if (first === undefined) throw new EcphoryError('internal', 'A file without a part.');
        const partIds = await addParts(rest);
        const metadata = fileMetadata({ path, content, partIds }, first, before.metadata);
        try {
          await memory.update(before.id, { text: first.text, metadata }, { ifVersion: before.version });
          await archiveAll(before.partIds);
          return true;
        } catch (error) {
          await archiveAll(partIds);
          if (triesLeft <= 1 || !isChangedMeanwhile(error)) throw error;
        }
      }
    },
    async move(from, path) {
      if ((await file(path)) !== null) return false;
      const { version } = await setPath(from, path);
      if (await isAlone(path, from.id)) return true;
      await setPath({ ...from, version }, from.path);
      return false;
    },
    archive: ({ id, partIds }) => archiveAll([id, ...partIds]),
  };

  async function file(path: string): Promise<StoredFile | null> {
    const [first] = await filesWhere({ [fileFields.path]: path });
    return first ?? null;
  }

  /**
   * Oldest first: a restored memory may have the path of a newer one, and everyone must take the same of the two.
   */
  async function filesWhere(filter: NonNullable<ListInput['filter']>): Promise<readonly StoredFile[]> {
    const files: StoredFile[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<MemoryService['list']>> = await memory.list({
        namespace,
        filter,
        limit: limits.pageLimit,
        ...(cursor !== null && { cursor }),
      });
      files.push(...page.data.flatMap((note) => storedFile(note) ?? []));
      cursor = page.nextCursor;
    } while (cursor !== null);
    return files.reverse();
  }

  async function wholeContentOf({ content, partIds }: StoredFile): Promise<string> {
    const rest = await Promise.all(partIds.map((id) => memory.get(id)));
    return [content, ...rest.map(contentOf)].join('');
  }

  /**
   * Of those who add a file at one path at the same time, one succeeds: the key of the write is made of the last memory
   * that ever had this path, which all of them see, so all of them use the same key, and it is good for one.
   *
   * @returns null when someone else did
   */
  async function addFirst(path: string, note: FilePart): Promise<string | null> {
    for (let tries = 0; tries < limits.memoryFileTries; tries += 1) {
      if ((await file(path)) !== null) return null;
      const { data } = await memory.list({ namespace, filter: { path }, states: noteStates, limit: 1 });
      // When the key was used and yet nothing is there, what it made is erased: that attempt is over.
      const idempotencyKey = keyOf([namespace, path, data[0]?.id ?? root, String(tries)]);
      try {
        const { memories } = await memory.add({ namespace, origin: 'agent', ...note }, { idempotencyKey });
        return memories[0]?.id ?? null;
      } catch (error) {
        if (!isEcphoryError(error) || (error.code !== 'key_reused' && error.code !== 'conflict')) throw error;
        if (error.code === 'conflict') return null;
      }
    }
    return null;
  }

  /** @throws EcphoryError `stale` or `not_found` when it was changed meanwhile. */
  function setPath({ id, version, metadata }: StoredFile, path: string): Promise<Memory> {
    return memory.update(id, { metadata: { ...metadata, [fileFields.path]: path } }, { ifVersion: version });
  }

  async function isAlone(path: string, id: string): Promise<boolean> {
    const files = await filesWhere({ [fileFields.path]: path });
    return files.every((other) => other.id === id);
  }

  async function addParts(parts: readonly FilePart[]): Promise<readonly string[]> {
    const ids: string[] = [];
    try {
      for (const [index, { text, metadata }] of parts.entries()) {
        const part = {
          namespace,
          origin: 'agent',
          text,
          metadata: { ...metadata, [fileFields.part]: index + 2 },
        } as const;
        const { memories } = await memory.add(part);
        ids.push(...memories.map(({ id }) => id));
      }
      return ids;
    } catch (error) {
      await archiveAll(ids);
      throw error;
    }
  }

  async function archiveAll(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      try {
        await memory.delete(id);
      } catch (error) {
        // Erased meanwhile: it is gone all the more.
        if (!isEcphoryError(error) || error.code !== 'not_found') throw error;
      }
    }
  }
}

function keyOf(words: readonly string[]): string {
  return `file-${createHash('sha256').update(JSON.stringify(words)).digest('base64url')}`;
}

function isChangedMeanwhile(error: unknown): boolean {
  return isEcphoryError(error) && (error.code === 'stale' || error.code === 'not_found');
}
