import { createHash } from 'node:crypto';
import type { FeedEntry } from '../memory/change.ts';
import { type ReadScope, type Scope, scopeKey } from '../memory/scope.ts';
import { breath } from './breath.ts';
import { saidTypes, unitTypes } from './postings.ts';
import type { Column, ColumnsOf, ColumnTypes } from './working-set-columns.ts';
import { type PackedWorkingSet, slotTypes } from './working-set-packed.ts';

/**
 * A large working set in a file, so that a cold start reads bytes in place of rows. Disposable: whatever is wrong
 * with it, it is removed and the rows are read. It holds no text, but stems are content all the same.
 *
 * The file: magic (8 bytes), length of the head (uint32), 0 (uint32), SHA-256 of all the rest (32 bytes), head
 * (JSON), then the arrays one after another, all parts padded to 8 bytes. Numbers are of this machine's byte order,
 * which the head names.
 */
export interface Snapshots {
  /** The set as it was saved, or null when there is none that can be used; a bad one is removed. */
  load(read: ReadScope, analyzerId: string): Promise<Snapshot | null>;
  save(read: ReadScope, snapshot: Snapshot): Promise<void>;
  remove(read: ReadScope): Promise<void>;
  /** Removes every snapshot that may hold a note of this scope: its own and those of the subtrees it is in. */
  removeCovering(scope: Scope): Promise<void>;
}

export interface Snapshot {
  readonly packed: PackedWorkingSet;
  readonly mark: FeedMark;
}

/** The feed entry up to which it is, told from the same sequence of another store by what it touched and when. */
export type FeedMark = Pick<FeedEntry, 'sequence' | 'at' | 'kind' | 'noteId'>;

export function feedMark({ sequence, at, kind, noteId }: FeedEntry): FeedMark {
  return { sequence, at, kind, noteId };
}

export function isSameMark(one: FeedMark, other: FeedMark): boolean {
  return (
    one.sequence === other.sequence && one.at === other.at && one.kind === other.kind && one.noteId === other.noteId
  );
}

/** A folder of files by name. Writing replaces the whole file or nothing, also when the power goes. */
export interface SnapshotFiles {
  read(name: string): Promise<Buffer | null>;
  write(name: string, content: Buffer): Promise<void>;
  /** Does nothing when it is not there. */
  remove(name: string): Promise<void>;
}

const magic = Buffer.from('ECPHWS02', 'latin1');
const checksumAt = 16;
const headAt = 48;
/** Hashed between two turns of the event loop: about 3 ms. */
const hashedBytes = 2_097_152;
const byteOrder = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 'little' : 'big';

export function newSnapshots(files: SnapshotFiles): Snapshots {
  return {
    async load(read, analyzerId) {
      const name = snapshotName(read);
      const content = await files.read(name);
      if (content === null) return null;
      const snapshot = await decoded(content, read, analyzerId);
      if (snapshot === null) await files.remove(name);
      return snapshot;
    },
    save: async (read, snapshot) => files.write(snapshotName(read), await encoded(read, snapshot)),
    remove: (read) => files.remove(snapshotName(read)),
    async removeCovering(scope) {
      await Promise.all(readsCovering(scope).map((read) => files.remove(snapshotName(read))));
    },
  };
}

/** A name that tells nothing to who lists the folder. */
export function snapshotName(read: ReadScope): string {
  return createHash('sha256').update(scopeKey(read)).digest('hex');
}

function readsCovering(scope: Scope): readonly ReadScope[] {
  const labels = scope.namespace.split('/');
  const subtrees = labels.map((_, index) => ({
    tenant: scope.tenant,
    namespace: labels.slice(0, index + 1).join('/') as Scope['namespace'],
    subtree: true,
  }));
  return [{ ...scope, subtree: false }, ...subtrees];
}

interface Head {
  readonly scope: string;
  readonly byteOrder: string;
  readonly analyzer: string;
  readonly mark: FeedMark;
  readonly lengths: readonly number[];
  readonly others: readonly (readonly [number, string])[];
  readonly accesses: PackedWorkingSet['accesses'];
  readonly terms: readonly string[];
  readonly sessions: readonly string[];
  readonly speakers: readonly string[];
  readonly places: readonly string[];
}

async function encoded(read: ReadScope, { packed, mark }: Snapshot): Promise<Buffer> {
  const arrays = arraysOf(packed);
  const head: Head = {
    scope: scopeKey(read),
    byteOrder,
    analyzer: packed.analyzer,
    mark,
    lengths: arrays.map((array) => array.length),
    others: packed.ids.others,
    accesses: packed.accesses,
    terms: packed.terms,
    sessions: packed.sessions,
    speakers: packed.speakers,
    places: packed.places,
  };
  await breath();
  const headBytes = Buffer.from(JSON.stringify(head), 'utf8');
  await breath();
  const size = arrays.reduce((sum, array) => sum + padded(array.byteLength), headAt + padded(headBytes.length));
  const content = Buffer.alloc(size);
  magic.copy(content);
  content.writeUInt32LE(headBytes.length, 8);
  headBytes.copy(content, headAt);
  let at = headAt + padded(headBytes.length);
  for (const array of arrays) {
    await breath();
    content.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += padded(array.byteLength);
  }
  (await checksum(content)).copy(content, checksumAt);
  return content;
}

async function decoded(content: Buffer, read: ReadScope, analyzerId: string): Promise<Snapshot | null> {
  if (content.length < headAt || !content.subarray(0, magic.length).equals(magic)) return null;
  if (!content.subarray(checksumAt, headAt).equals(await checksum(content))) return null;
  // The checksum holds, so this is what `encoded` wrote, perhaps for another scope or by another analyser.
  const headLength = content.readUInt32LE(8);
  const head = JSON.parse(content.toString('utf8', headAt, headAt + headLength)) as Head;
  if (head.scope !== scopeKey(read) || head.analyzer !== analyzerId || head.byteOrder !== byteOrder) return null;

  const lengths = [...head.lengths];
  let at = headAt + padded(headLength);
  const take = <Types extends ColumnTypes>(types: Types): ColumnsOf<Types> =>
    Object.fromEntries(
      Object.entries(types).map(([name, type]) => {
        const array = new type(lengths.shift() ?? 0);
        new Uint8Array(array.buffer).set(content.subarray(at, at + array.byteLength));
        at += padded(array.byteLength);
        return [name, array];
      }),
    ) as ColumnsOf<Types>;
  const packed: PackedWorkingSet = {
    analyzer: head.analyzer,
    slots: take(slotTypes),
    ids: { ...take({ words: Uint32Array } as const), others: head.others },
    text: { units: take(unitTypes), said: take(saidTypes) },
    context: { units: take(unitTypes), said: take(saidTypes) },
    accesses: head.accesses,
    terms: head.terms,
    sessions: head.sessions,
    speakers: head.speakers,
    places: head.places,
  };
  return { packed, mark: head.mark };
}

/** In the order in which `decoded` takes them. */
function arraysOf({ slots, ids, text, context }: PackedWorkingSet): readonly Column[] {
  return [
    ...columnsOf(slotTypes, slots),
    ids.words,
    ...columnsOf(unitTypes, text.units),
    ...columnsOf(saidTypes, text.said),
    ...columnsOf(unitTypes, context.units),
    ...columnsOf(saidTypes, context.said),
  ];
}

function columnsOf<Types extends ColumnTypes>(types: Types, columns: ColumnsOf<Types>): readonly Column[] {
  return Object.keys(types).map((name) => columns[name as keyof Types]);
}

async function checksum(content: Buffer): Promise<Buffer> {
  const hash = createHash('sha256').update(content.subarray(0, checksumAt));
  for (let at = headAt; at < content.length; at += hashedBytes) {
    hash.update(content.subarray(at, at + hashedBytes));
    await breath();
  }
  return hash.digest();
}

function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}
