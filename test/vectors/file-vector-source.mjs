// A vector source in a file of JSON lines: what the child process of an index build can open, without SQLite.
// Plain JavaScript, because a child process runs it as it is.
import { appendFileSync, closeSync, openSync, readSync, statSync } from 'node:fs';

/** @type {import('./file-vector-source.d.mts').openFileVectorSource} */
export function openFileVectorSource(path) {
  /** By embedder and note id: the vector as it is now. */
  const held = new Map();
  const erasures = [];
  let sequence = 0;
  let readBytes = 0;

  const write = (line) => {
    appendFileSync(path, `${JSON.stringify({ sequence: sequence + 1, ...line })}\n`);
  };

  return {
    path,
    put: (scope, embedder, noteId, vector) => {
      const bytes = Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
      write({ ...scope, operation: 'put', embedder, noteId, vector: bytes.toString('base64') });
      return refresh();
    },
    drop: (scope, noteId) => {
      write({ ...scope, operation: 'drop', noteId });
      refresh();
    },
    erase: (scope, noteId) => {
      write({ ...scope, operation: 'erase', noteId });
      refresh();
    },
    async exactNearest(read, query) {
      const hits = rowsOf(read, query.embedder)
        .filter(({ vector }) => vector.length === query.vector.length)
        .map(({ noteId, vector }) => ({ noteId, similarity: cosine(vector, query.vector) }))
        .sort((left, right) => right.similarity - left.similarity || (left.noteId < right.noteId ? -1 : 1))
        .slice(0, query.limit);
      return { hits, exact: true, degraded: null };
    },
    vectorCount: async (read, embedder) => rowsOf(read, embedder).length,
    vectorScopes: async (read, embedder) => {
      const scopes = new Map();
      for (const { scope } of rowsOf(read, embedder)) {
        const known = scopes.get(scope.namespace) ?? { scope, vectors: 0 };
        scopes.set(scope.namespace, { scope, vectors: known.vectors + 1 });
      }
      return [...scopes.values()];
    },
    vectorsAfter: async (read, embedder, after, limit) =>
      rowsOf(read, embedder)
        .filter((row) => row.sequence > after)
        .sort((left, right) => left.sequence - right.sequence)
        .slice(0, limit),
    vectorsOf: async (read, embedder, noteIds) => {
      refresh();
      return [...new Set(noteIds)]
        .map((noteId) => held.get(`${embedder}\n${noteId}`))
        .filter((row) => row !== undefined && covers(read, row.scope));
    },
    erasedSince: async (scope, after) => {
      refresh();
      return erasures.some((erasure) => erasure.sequence > after && covers({ ...scope, subtree: false }, erasure));
    },
    close: async () => undefined,
  };

  function rowsOf(read, embedder) {
    refresh();
    return [...held.values()].filter((row) => row.embedder === embedder && covers(read, row.scope));
  }

  function refresh() {
    const newBytes = Buffer.alloc(statSync(path).size - readBytes);
    if (newBytes.length === 0) return sequence;
    const file = openSync(path, 'r');
    readSync(file, newBytes, 0, newBytes.length, readBytes);
    closeSync(file);
    // The last line may still be on its way to the file.
    const whole = newBytes.lastIndexOf(10) + 1;
    readBytes += whole;
    const lines = newBytes.subarray(0, whole).toString('utf8').split('\n').slice(0, -1);
    for (const line of lines) take(JSON.parse(line));
    return sequence;
  }

  function take({ operation, tenant, namespace, noteId, embedder, vector, ...line }) {
    sequence = line.sequence;
    if (operation === 'put') {
      const bytes = Buffer.from(vector, 'base64');
      const floats = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
      held.set(`${embedder}\n${noteId}`, { scope: { tenant, namespace }, embedder, noteId, sequence, vector: floats });
      return;
    }
    for (const [key, row] of held) if (row.noteId === noteId) held.delete(key);
    if (operation === 'erase') erasures.push({ sequence, tenant, namespace });
  }
}

export const openReadOnlyVectorSource = openFileVectorSource;

function covers(read, scope) {
  if (read.tenant !== scope.tenant) return false;
  return read.namespace === scope.namespace || (read.subtree && scope.namespace.startsWith(`${read.namespace}/`));
}

function cosine(left, right) {
  let dot = 0;
  let leftSquares = 0;
  let rightSquares = 0;
  for (let index = 0; index < left.length; index += 1) {
    dot += left[index] * right[index];
    leftSquares += left[index] ** 2;
    rightSquares += right[index] ** 2;
  }
  const lengths = Math.sqrt(leftSquares * rightSquares);
  return lengths === 0 ? 0 : Math.max(-1, Math.min(1, dot / lengths));
}
