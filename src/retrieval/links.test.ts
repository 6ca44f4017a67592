import { describe, expect, it } from 'vitest';
import { makeLink, makeNoteId } from '../../test/builders.ts';
import type { NoteId } from '../memory/ids.ts';
import type { Link } from '../memory/link.ts';
import { parseTenant } from '../memory/scope.ts';
import { linkedNotes, linkNearness, linkSeedsMax } from './links.ts';

describe('linkNearness', () => {
  it('is the square of the strength times the weight, by the best way, in either direction', () => {
    const [a, b, c, d] = [makeNoteId(), makeNoteId(), makeNoteId(), makeNoteId()];
    const links = [makeLink(a, b, { weight: 0.5 }), makeLink(c, a, { weight: 0.8 }), makeLink(d, b, { weight: 0.9 })];
    const near = linkNearness(
      [
        { noteId: a, strength: 1 },
        { noteId: d, strength: 0.5 },
      ],
      links,
    );
    expect(near.get(b)).toBeCloseTo(0.5, 12);
    expect(near.get(c)).toBeCloseTo(0.8, 12);
    expect(near.has(a)).toBe(false);
  });

  it('is not led to what contradicts or was superseded', () => {
    const [a, b] = [makeNoteId(), makeNoteId()];
    const links = (['contradicts', 'supersedes', 'derived_from'] as const).map((type) => makeLink(a, b, { type }));
    expect(linkNearness([{ noteId: a, strength: 1 }], links).size).toBe(0);
  });
});

describe('linkedNotes', () => {
  it('reads the links of the first hits once, and none when nothing was found', async () => {
    const asked: (readonly NoteId[])[] = [];
    const store = {
      links: async (_: unknown, ids: readonly NoteId[]): Promise<readonly Link[]> => {
        asked.push(ids);
        return [];
      },
    };
    const tenant = parseTenant('acme');
    await linkedNotes(store, tenant, [{ noteId: makeNoteId(), strength: 0 }]);
    expect(asked).toEqual([]);
    const seeds = Array.from({ length: 20 }, () => ({ noteId: makeNoteId(), strength: 1 }));
    await linkedNotes(store, tenant, seeds);
    expect(asked.map((ids) => ids.length)).toEqual([linkSeedsMax]);
  });
});
