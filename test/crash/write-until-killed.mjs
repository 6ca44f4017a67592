// Usage: node write-until-killed.mjs <built open.js> <database> <first number>
// Writes batches numbered upwards, eight at a time, and prints each number once its write was acknowledged.
import { writeSync } from 'node:fs';

const [openModule, path, first] = process.argv.slice(2);
const { openSqliteStore } = await import(openModule);
const store = await openSqliteStore({ path, clock: () => Number(first) });
let next = Number(first);

await Promise.all(Array.from({ length: 8 }, writeForever));

async function writeForever() {
  for (;;) {
    const number = next;
    next += 1;
    await store.apply({ tenant: 'acme', namespace: 'users/alice' }, batch(number));
    writeSync(1, `${number}\n`);
  }
}

// One of each kind of table that a write touches, so that a half of it would show.
function batch(number) {
  const scope = { tenant: 'acme', namespace: 'users/alice' };
  const digits = String(number).padStart(26, '0');
  const text = `Memory ${number}. ${'and so on '.repeat(number % 50)}`;
  const common = { scope, text, origin: 'user', trust: 2, metadata: { number } };
  const episode = { ...common, id: `episode_${digits}`, sessionId: null, role: null, speaker: null, place: null };
  const note = {
    ...common,
    id: `note_${digits}`,
    kind: 'episodic',
    tags: [],
    derived: null,
    derivation: 0,
    claim: null,
    summary: null,
    isPinned: false,
    expiresAt: null,
    sources: [episode.id],
    version: 1,
    state: 'active',
    stateReason: null,
    importance: 0.5,
    retention: { stability: 2, difficulty: 2, lastUsedAt: number, uses: 0 },
    validAt: null,
    invalidAt: null,
    createdAt: number,
    revisedAt: number,
    expiredAt: null,
    supersededBy: null,
  };
  const keys = { analyzer: 'test-v1', passages: [['memory']], context: [], words: 2, question: false };
  const vector = Float32Array.from({ length: 32 }, (_, index) => Math.sin(number + index));
  return [
    { kind: 'episode-added', episode: { ...episode, eventAt: number, recordedAt: number } },
    { kind: 'note-added', note, keys },
    { kind: 'note-embedded', noteId: note.id, version: 1, derivation: 0, embedder: 'test', vector },
    {
      kind: 'note-revised',
      noteId: note.id,
      expectedVersion: 1,
      revision: { text: `${text}!` },
      keys,
      cause: 'updated',
      at: number,
    },
    { kind: 'note-embedded', noteId: note.id, version: 2, derivation: 0, embedder: 'test', vector },
    { kind: 'cursor-advanced', name: 'counter', from: number - 1, to: number },
  ];
}
