import type { Change } from '../memory/change.ts';
import type { GuardedEmbedder } from '../memory/embedder.ts';
import { limits } from '../memory/limits.ts';
import { embeddingText } from '../memory/note-text.ts';
import { scopeKey } from '../memory/scope.ts';
import type { Store, StoredNote } from '../memory/store.ts';

export interface Backfill {
  /** Some notes may lack vectors: see to it soon. Cheap; call it freely. */
  wake(): void;
  /** Resolves when nothing is missing, rejects with what stopped the last attempt. For tests and benchmarks. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

export interface BackfillParts {
  readonly store: Store;
  readonly embedder: GuardedEmbedder;
  /** Told when an attempt failed; another follows after a pause. */
  readonly onFailure: (error: unknown, retryInMs: number) => void;
  /** Injected by tests in place of setTimeout. */
  readonly schedule?: (run: () => void, delayMs: number) => { cancel(): void };
}

/**
 * Gives vectors to notes that were stored without: their embedder was down, or is a new one. Resumable at any
 * point, because what is missing is asked of the store each time. A failure is retried after 1 s, doubling to
 * 5 minutes.
 */
export function newBackfill(parts: BackfillParts): Backfill {
  const schedule = parts.schedule ?? afterDelay;
  let running: Promise<void> | null = null;
  let again = false;
  let closed = false;
  let failures = 0;
  let pause: { cancel(): void } | null = null;

  return {
    wake() {
      if (closed) return;
      again = true;
      if (running === null && pause === null) start();
    },
    async drained() {
      pause?.cancel();
      pause = null;
      while (running !== null) await running;
      await run();
    },
    async close() {
      closed = true;
      pause?.cancel();
      pause = null;
      if (running !== null) await running;
    },
  };

  function start(): void {
    running = run()
      .then(() => {
        failures = 0;
      })
      .catch((error: unknown) => {
        const retryInMs = Math.min(1_000 * 2 ** failures, 300_000);
        failures += 1;
        again = true;
        if (closed) return;
        parts.onFailure(error, retryInMs);
        pause = schedule(() => {
          pause = null;
          if (!closed) start();
        }, retryInMs);
      })
      .finally(() => {
        running = null;
        if (again && pause === null && !closed) start();
      });
  }

  async function run(): Promise<void> {
    again = false;
    for (;;) {
      if (closed) return;
      const missing = await parts.store.unembedded(parts.embedder.id, limits.backfillNotes);
      if (missing.length === 0) return;
      const texts = missing.map(({ note, episode }) => embeddingText(note, episode));
      const vectors = await parts.embedder.embed(texts, 'passage', limits.embedderTimeoutMs);
      await applyByScope(missing, vectors);
    }
  }

  async function applyByScope(notes: readonly StoredNote[], vectors: readonly Float32Array[]): Promise<void> {
    const byScope = new Map<string, { first: StoredNote; changes: Change[] }>();
    notes.forEach((stored, index) => {
      const key = scopeKey({ ...stored.note.scope, subtree: false });
      const group = byScope.get(key) ?? { first: stored, changes: [] };
      byScope.set(key, group);
      const vector = vectors[index];
      if (vector === undefined) return;
      const { id: noteId, version, derivation } = stored.note;
      group.changes.push({ kind: 'note-embedded', noteId, version, derivation, embedder: parts.embedder.id, vector });
    });
    for (const { first, changes } of byScope.values()) await applyEach(first, changes);
  }

  /** A note may have been erased meanwhile; that must not keep its neighbours from their vectors. */
  async function applyEach(first: StoredNote, changes: readonly Change[]): Promise<void> {
    try {
      await parts.store.apply(first.note.scope, changes);
    } catch (error) {
      if (changes.length === 1) {
        if (isMissing(error)) return;
        throw error;
      }
      for (const change of changes) await applyEach(first, [change]);
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'not_found';
}

function afterDelay(run: () => void, delayMs: number): { cancel(): void } {
  const timer = setTimeout(run, delayMs);
  timer.unref();
  return { cancel: () => clearTimeout(timer) };
}
