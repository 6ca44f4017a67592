import { describe, expect, test } from 'vitest';
import { fsrs } from '../memory/forgetting.ts';
import { newIdSource } from '../memory/ids.ts';
import { parseNamespace, parseTenant } from '../memory/scope.ts';
import { newAnalyzer } from './analyzer.ts';
import { remember } from './remember.ts';

const scope = { tenant: parseTenant('acme'), namespace: parseNamespace('users/ana') };
const now = Date.UTC(2024, 4, 8, 12);
const parts = { analyzer: newAnalyzer(), curve: fsrs, ids: newIdSource(() => now), now };

describe('remember', () => {
  test('makes one episode and one note over it for each message, in order', () => {
    const { changes, items } = remember(
      scope,
      { namespace: 'users/ana', messages: [{ content: 'First.' }, { content: 'Second.' }] },
      parts,
    );
    expect(changes.map((change) => change.kind)).toEqual([
      'episode-added',
      'note-added',
      'episode-added',
      'note-added',
    ]);
    expect(items).toHaveLength(2);
    expect(items[0]!.noteId < items[1]!.noteId).toBe(true);
  });

  test('keeps the text verbatim and dates it now when no time is given', () => {
    const text = ' spaced\n\tout  ';
    const [added, noted] = remember(scope, { namespace: 'users/ana', text }, parts).changes;
    expect(added).toMatchObject({ kind: 'episode-added', episode: { text, eventAt: now, recordedAt: now } });
    expect(noted).toMatchObject({
      kind: 'note-added',
      note: { text, createdAt: now, kind: 'episodic', validAt: null },
    });
  });

  test.each([
    [{ role: 'user' as const }, 'user', 2],
    [{ role: 'assistant' as const }, 'agent', 1],
    [{ role: 'tool' as const }, 'tool', 0],
    [{ role: 'user' as const, origin: 'web' as const }, 'web', 0],
    [{}, 'user', 2],
  ])('text from %o is trusted by its origin: %s, %i', (details, origin, trust) => {
    const [added] = remember(scope, { namespace: 'users/ana', text: 'x', ...details }, parts).changes;
    expect(added).toMatchObject({ episode: { origin, trust } });
  });

  test('what is embedded names the speaker; what is stored does not', () => {
    const { items, changes } = remember(scope, { namespace: 'users/ana', text: 'Hello.', name: 'Ana' }, parts);
    expect(items[0]?.embeddingText).toBe('Ana: Hello.');
    expect(changes[0]).toMatchObject({ episode: { text: 'Hello.', speaker: 'Ana' } });
  });

  test('a key named like a prototype stays a plain key', () => {
    const metadata = JSON.parse('{"__proto__": {"polluted": true}}');
    const [added] = remember(scope, { namespace: 'users/ana', text: 'x', metadata }, parts).changes;
    expect(added?.kind === 'episode-added' && Object.getPrototypeOf(added.episode.metadata)).toBe(Object.prototype);
  });
});
