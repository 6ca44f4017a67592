import type { NoteId } from '../../memory/ids.ts';

/**
 * Which notes each label of a graph stands for. Notes whose vectors are equal, byte for byte, share one label:
 * in a graph, more equal points than links per point become an island that a search enters and never leaves
 * ("ok", said a thousand times, would hide everything else).
 */
export interface LabelMap {
  readonly labels: number;
  readonly notes: number;
  /** Memory held. */
  readonly bytes: number;
  /** The notes of one label, ascending; none when every one of them has a newer vector under another label. */
  noteIds(label: number): readonly NoteId[];
}

export interface Label {
  /** What its vector hashes to, `digestBytes` long: tells a later build which vectors are there already. */
  readonly digest: Buffer;
  readonly noteIds: readonly NoteId[];
}

/** 128 bits of SHA-256: two vectors of one scope never share them by chance. */
export const digestBytes = 16;

/**
 * Little-endian: magic, labels, notes, bytes of an id (uint32 each); where each label's ids start, in ids
 * (uint32, one more than labels); ids, padded with zeros to the longest; digests. About 52 bytes a note.
 */
export function encodeLabelMap(labels: readonly Label[]): Buffer {
  const ids = labels.map((label) => [...label.noteIds].sort().map((id) => Buffer.from(id, 'utf8')));
  const notes = ids.reduce((sum, own) => sum + own.length, 0);
  const idBytes = ids.reduce((widest, own) => own.reduce((most, id) => Math.max(most, id.length), widest), 1);
  const file = Buffer.alloc(headerBytes + (labels.length + 1) * 4 + notes * idBytes + labels.length * digestBytes);
  for (const [index, value] of [magic, labels.length, notes, idBytes].entries()) file.writeUInt32LE(value, index * 4);
  let start = 0;
  const idsAt = headerBytes + (labels.length + 1) * 4;
  const digestsAt = idsAt + notes * idBytes;
  for (const [label, own] of ids.entries()) {
    file.writeUInt32LE(start, headerBytes + label * 4);
    for (const [index, id] of own.entries()) id.copy(file, idsAt + (start + index) * idBytes);
    labels[label]!.digest.copy(file, digestsAt + label * digestBytes, 0, digestBytes);
    start += own.length;
  }
  file.writeUInt32LE(start, headerBytes + labels.length * 4);
  return file;
}

/** @throws Error when the file is not one of these; it never reads beyond it. */
export function decodeLabelMap(file: Buffer): LabelMap {
  const { labels, notes, idBytes, digestsAt } = layoutOf(file);
  // A copy, so that the digests, which only a build needs, are not kept.
  const kept = Buffer.from(file.subarray(0, digestsAt));
  const startOf = (label: number): number => kept.readUInt32LE(headerBytes + label * 4);
  const idsAt = headerBytes + (labels + 1) * 4;
  return {
    labels,
    notes,
    bytes: kept.length,
    noteIds(label) {
      if (!Number.isInteger(label) || label < 0 || label >= labels) throw new Error(`There is no label ${label}.`);
      const ids: NoteId[] = [];
      for (let index = startOf(label); index < startOf(label + 1); index += 1) {
        const at = idsAt + index * idBytes;
        const zero = kept.indexOf(0, at);
        const end = zero === -1 || zero > at + idBytes ? at + idBytes : zero;
        ids.push(kept.toString('utf8', at, end) as NoteId);
      }
      return ids;
    },
  };
}

/** The digest of each label, in the order of labels. @throws as `decodeLabelMap`. */
export function decodeDigests(file: Buffer): readonly Buffer[] {
  const { labels, digestsAt } = layoutOf(file);
  return Array.from({ length: labels }, (_, label) => {
    const at = digestsAt + label * digestBytes;
    return Buffer.from(file.subarray(at, at + digestBytes));
  });
}

const magic = 0x31_4c_43_45;
const headerBytes = 16;

function layoutOf(file: Buffer): { labels: number; notes: number; idBytes: number; digestsAt: number } {
  if (file.length < headerBytes || file.readUInt32LE(0) !== magic) throw new Error('Not a map of labels.');
  const labels = file.readUInt32LE(4);
  const notes = file.readUInt32LE(8);
  const idBytes = file.readUInt32LE(12);
  const digestsAt = headerBytes + (labels + 1) * 4 + notes * idBytes;
  if (file.length !== digestsAt + labels * digestBytes) throw new Error('A map of labels of the wrong length.');
  let before = 0;
  for (let label = 0; label <= labels; label += 1) {
    const start = file.readUInt32LE(headerBytes + label * 4);
    if (start < before || start > notes) throw new Error('A map of labels out of order.');
    before = start;
  }
  if (before !== notes) throw new Error('A map of labels with notes of no label.');
  return { labels, notes, idBytes, digestsAt };
}
