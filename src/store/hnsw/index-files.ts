import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '../../memory/limits.ts';
import type { HnswLibrary } from './hnsw-library.ts';
import { indexParameters } from './index-parameters.ts';
import {
  encodeManifest,
  type IndexIdentity,
  identityOf,
  type Manifest,
  parseManifest,
  prefixCharacters,
  prefixOf,
} from './manifest.ts';

/** A folder of indexes: for each identity a graph, a map of labels, and the manifest that vouches for both. */
export interface IndexFiles {
  /** What is there for this identity, every byte of it checked. Never throws for what the files hold. */
  find(identity: IndexIdentity): Promise<FoundIndex>;
  /** Every manifest of the folder that can be read, and the prefixes of what cannot be used by anyone. */
  list(): Promise<{ readonly manifests: readonly Manifest[]; readonly strayPrefixes: readonly string[] }>;
  /** A fresh pair of paths to write to. */
  draft(identity: IndexIdentity): Promise<Draft>;
  /** Removes all files of the identity: afterwards there is nothing to find. */
  remove(identity: IndexIdentity): Promise<void>;
  removePrefix(prefix: string): Promise<void>;
}

export type FoundIndex = { readonly kind: 'absent' } | { readonly kind: 'bad'; readonly reason: string } | UsableIndex;

export interface UsableIndex {
  readonly kind: 'usable';
  readonly manifest: Manifest;
  readonly graphPath: string;
  readonly labelMapPath: string;
}

export interface Draft {
  /** Where to write the graph. */
  readonly graphPath: string;
  /**
   * Makes the graph and the map of labels durable, then the manifest, then removes what they replace.
   * Until the manifest is renamed the older index is the one that is found.
   */
  commit(labelMap: Buffer, claims: Omit<Manifest, 'graph' | 'labelMap'>): Promise<void>;
}

export function indexFiles(folder: string, library: Pick<HnswLibrary, 'version'>): IndexFiles {
  return {
    async find(identity) {
      const manifestPath = join(folder, `${prefixOf(identity)}${manifestEnding}`);
      try {
        const text = await readChecked(manifestPath, limits.vectorManifestBytes);
        if (text === null) return { kind: 'absent' };
        const manifest = parseManifest(text.toString('utf8'));
        if (manifest === null) return bad('its manifest is damaged');
        const mismatch = mismatchOf(manifest, identity, library.version);
        if (mismatch !== null) return bad(mismatch);
        for (const file of [manifest.graph, manifest.labelMap]) {
          const damage = await damageOf(join(folder, file.name), file);
          if (damage !== null) return bad(damage);
        }
        const graphPath = join(folder, manifest.graph.name);
        return { kind: 'usable', manifest, graphPath, labelMapPath: join(folder, manifest.labelMap.name) };
      } catch (error) {
        return bad(`it cannot be read (${codeOf(error)})`);
      }
    },

    async list() {
      const names = await namesIn(folder);
      const manifests = new Map<string, Manifest>();
      for (const name of names.filter((each) => each.endsWith(manifestEnding))) {
        const manifest = await readManifest(join(folder, name));
        const prefix = name.slice(0, prefixCharacters);
        if (manifest !== null && prefixOf(identityOf(manifest)) === prefix) manifests.set(prefix, manifest);
      }
      const prefixes = new Set(
        names.filter((name) => ownName.test(name)).map((name) => name.slice(0, prefixCharacters)),
      );
      return {
        manifests: [...manifests.values()],
        strayPrefixes: [...prefixes].filter((prefix) => !manifests.has(prefix)),
      };
    },

    async draft(identity) {
      await mkdir(folder, { recursive: true });
      const prefix = prefixOf(identity);
      await removeLeftovers(prefix);
      // Names are never used twice, so that nobody has a file open that changes under them.
      const name = `${prefix}-${randomBytes(8).toString('hex')}`;
      const graphPath = join(folder, `${name}.graph`);
      const labelMapPath = join(folder, `${name}.labels`);
      return {
        graphPath,
        async commit(labelMap, claims) {
          await syncFile(graphPath);
          await writeDurably(labelMapPath, labelMap);
          const manifest: Manifest = {
            ...claims,
            graph: await stampOf(graphPath, `${name}.graph`),
            labelMap: await stampOf(labelMapPath, `${name}.labels`),
          };
          const draftPath = join(folder, `${name}.draft`);
          await writeDurably(draftPath, encodeManifest(manifest));
          await syncFolder(folder);
          await rename(draftPath, join(folder, `${prefix}${manifestEnding}`));
          await syncFolder(folder);
          await removeNames((other) => other.startsWith(prefix) && !other.startsWith(name) && !isManifest(other));
        },
      };
    },

    remove: (identity) => removeNames((name) => name.startsWith(prefixOf(identity))),
    removePrefix: (prefix) => removeNames((name) => ownName.test(name) && name.startsWith(prefix)),
  };

  /** Null when it is missing, damaged or no file: whoever lists the folder takes all three alike. */
  async function readManifest(path: string): Promise<Manifest | null> {
    try {
      const text = await readChecked(path, limits.vectorManifestBytes);
      return text === null ? null : parseManifest(text.toString('utf8'));
    } catch {
      return null;
    }
  }

  /** What a build that was ended left behind: files that the manifest does not speak of. */
  async function removeLeftovers(prefix: string): Promise<void> {
    const manifestPath = join(folder, `${prefix}${manifestEnding}`);
    const text =
      (await readChecked(manifestPath, limits.vectorManifestBytes).catch(() => null))?.toString('utf8') ?? '';
    await removeNames((name) => name.startsWith(prefix) && !isManifest(name) && !text.includes(name));
  }

  async function removeNames(isGone: (name: string) => boolean): Promise<void> {
    const names = (await namesIn(folder)).filter(isGone);
    // The manifest first: without it the rest is found by nobody, whatever happens in between.
    names.sort((left, right) => Number(isManifest(right)) - Number(isManifest(left)));
    for (const name of names) await rm(join(folder, name), { recursive: true, force: true });
    if (names.length > 0) await syncFolder(folder);
  }
}

const manifestEnding = '.manifest';
const ownName = /^[0-9a-f]{32}(?:\.manifest|-[0-9a-f]{16}\.(?:graph|labels|draft))$/;
const isManifest = (name: string): boolean => name.endsWith(manifestEnding);
const bad = (reason: string): FoundIndex => ({ kind: 'bad', reason });

function mismatchOf(manifest: Manifest, identity: IndexIdentity, libraryVersion: string): string | null {
  const { scope, embedder } = identity;
  if (manifest.tenant !== scope.tenant || manifest.namespace !== scope.namespace) return 'it is of another scope';
  if (manifest.embedder !== embedder) return 'it is of another embedder';
  const { space, m, efConstruction } = indexParameters;
  const isMadeAlike =
    manifest.library === libraryVersion &&
    manifest.architecture === process.arch &&
    manifest.space === space &&
    manifest.m === m &&
    manifest.efConstruction === efConstruction;
  return isMadeAlike ? null : 'it was made by another version';
}

async function damageOf(path: string, expected: Manifest['graph']): Promise<string | null> {
  const handle = await openRegular(path);
  if (handle === null) return 'a file of it is missing';
  try {
    if ((await handle.stat()).size !== expected.bytes) return 'a file of it has another length';
    return (await sha256Of(handle)) === expected.sha256 ? null : 'a file of it is damaged';
  } finally {
    await handle.close();
  }
}

/** Null when there is no such file. @throws when it is a folder, a pipe or larger than `bytesMax`. */
async function readChecked(path: string, bytesMax: number): Promise<Buffer | null> {
  const handle = await openRegular(path);
  if (handle === null) return null;
  try {
    if ((await handle.stat()).size > bytesMax) throw new Error('too large');
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Opening a named pipe would wait for ever, and reading a folder fails late: both are refused here. */
async function openRegular(path: string): Promise<FileHandle | null> {
  try {
    if (!(await lstat(path)).isFile()) throw new Error('not a file');
    return await open(path, constants.O_RDONLY);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

/** In pieces of which each takes about a millisecond: a graph of 100,000 vectors has 170 MB. */
async function sha256Of(handle: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(1_048_576);
  for (let position = 0; ; ) {
    const { bytesRead } = await handle.read(piece, 0, piece.length, position);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(piece.subarray(0, bytesRead));
    position += bytesRead;
  }
}

async function stampOf(path: string, name: string): Promise<Manifest['graph']> {
  const handle = await open(path, 'r');
  try {
    return { name, bytes: (await handle.stat()).size, sha256: await sha256Of(handle) };
  } finally {
    await handle.close();
  }
}

async function writeDurably(path: string, content: string | Buffer): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A rename survives a power cut once its folder does. Windows cannot open a folder, and does not need to. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  if (handle === null) return;
  try {
    await handle.sync();
  } catch {
    // Some file systems refuse; an index that a power cut takes is built again.
  } finally {
    await handle.close();
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.message : String(error);
}
