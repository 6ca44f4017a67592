import { describe, expect, it } from 'vitest';
import { makeScope, remembered } from '../../test/builders.ts';
import { newPlannedScope, type PlannedScope } from '../../test/planning.ts';
import { scriptedProposals } from '../../test/proposals.ts';
import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Link } from '../memory/link.ts';
import { readScope } from '../memory/scope.ts';

async function told(planned: PlannedScope, ...texts: readonly string[]): Promise<readonly NoteId[]> {
  const ids: NoteId[] = [];
  for (const text of texts) ids.push(...(await planned.add({ messages: [{ content: text }] })));
  return ids;
}

function linksOf({ store, scope }: PlannedScope, ...ids: readonly NoteId[]): Promise<readonly Link[]> {
  return store.links(scope.tenant, ids);
}

describe('planLinks', () => {
  it('joins mutual neighbours and notes that name the same, and says why', async () => {
    const planned = newPlannedScope();
    const [pottery, river, again, named] = await told(
      planned,
      'I took a pottery class at the workshop with Clara Voss.',
      'The river was cold in February.',
      'The pottery class at the workshop was fun.',
      'A letter from Clara Voss came.',
    );
    await planned.consolidate();
    const links = await linksOf(planned, again!, named!);
    expect(links.map(({ from, to, type, reason }) => ({ from, to, type, reason }))).toEqual([
      {
        from: again,
        to: pottery,
        type: 'related',
        reason: expect.stringMatching(/^both mention .*pottery class|^both about/),
      },
      { from: named, to: pottery, type: 'related', reason: 'both mention Clara Voss' },
    ]);
    for (const { weight } of links) expect(weight > 0 && weight <= 1).toBe(true);
    expect(await linksOf(planned, river!)).toEqual([]);
  });

  it('makes no more links for a note than the limit', async () => {
    const planned = newPlannedScope();
    const texts = Array.from({ length: 12 }, (_, index) => `Heron migration count ${index} at the estuary.`);
    const ids = await told(planned, ...texts);
    await planned.consolidate();
    for (const id of ids) {
      const own = (await linksOf(planned, id)).filter(({ from }) => from === id);
      expect(own.length).toBeLessThanOrEqual(limits.linksPerNote);
    }
  });

  it('takes a proposal only from a due note to another that is there, active and of the scope', async () => {
    const planned = newPlannedScope();
    const [earlier, archived] = await told(planned, 'I sold the boat.', 'The garage is full.');
    await planned.consolidate();
    await planned.store.apply(planned.scope, [
      { kind: 'note-state-set', noteId: archived!, state: 'archived', reason: null, at: 0 },
    ]);
    const elsewhere = remembered(makeScope('acme', 'users/bob'), 'I sold the boat.');
    await planned.store.apply(elsewhere.note.scope, elsewhere.changes);
    const [due] = await told(planned, 'No more sailing for me.');
    const proposal = (to: NoteId, from = due!) => ({ from, to, type: 'related' as const, reason: 'gave up sailing' });
    await planned.consolidate(
      8,
      scriptedProposals({
        links: [
          proposal(earlier!),
          proposal(due!),
          proposal(archived!),
          proposal(elsewhere.note.id),
          proposal('note_that_is_not_there' as NoteId),
          proposal(due!, earlier!),
        ],
      }),
    );
    const links = await linksOf(planned, due!, earlier!, archived!);
    expect(links.map(({ from, to, reason }) => [from, to, reason])).toEqual([[due, earlier, 'gave up sailing']]);
  });

  it('keeps of a revised note the links that its new text would make too', async () => {
    const planned = newPlannedScope();
    const [heron, guitar, both] = await told(
      planned,
      'The heron nests at the estuary.',
      'My guitar needs strings from Porto.',
      'A heron sang at the estuary while my guitar lost its strings.',
    );
    await planned.consolidate();
    const before = await linksOf(planned, both!);
    expect(new Set(before.map(({ to }) => to))).toEqual(new Set([heron, guitar]));
    await planned.store.apply(planned.scope, [
      {
        kind: 'note-revised',
        noteId: both!,
        expectedVersion: 1,
        revision: { text: 'A heron sang at the estuary.' },
        keys: planned
          .parts()
          .analyzer.keys({ text: 'A heron sang at the estuary.', context: null, place: null, eventAt: null }),
        cause: 'updated',
        at: 1,
      },
    ]);
    await planned.consolidate();
    expect(await linksOf(planned, both!)).toEqual(before.filter(({ to }) => to === heron));
  });

  it('leads to the right notes after ten thousand of them and with the view read anew in between', async () => {
    const planned = newPlannedScope();
    const { store, scope } = planned;
    // Notes n and n + 5,000 name the same thing, which no other note does.
    const nameOf = (index: number): string => {
      const digits = [...String(index % 5_000).padStart(4, '0')].map(Number);
      const word = (letters: string): string => digits.map((digit) => letters[digit]).join('');
      return `${word('BDFGKLMPRT')} ${word('ACEHIJNOSU')}`;
    };
    for (let start = 0; start < 10_000; start += 500) {
      await planned.add({
        messages: Array.from({ length: 500 }, (_, index) => ({
          content: `There was ${nameOf(start + index)}.`,
        })),
      });
      if (start === 6_000) await planned.restart();
      await planned.consolidate(500);
    }
    const rows: { id: NoteId; order: number }[] = [];
    for (let after = 0; ; after = rows.at(-1)?.order ?? 0) {
      const page = await store.workingRows(readScope(scope), after, 1_000);
      if (page.length === 0) break;
      rows.push(...page);
    }
    const texts = new Map(
      (
        await store.notes(
          scope.tenant,
          rows.map(({ id }) => id),
        )
      ).map(({ note }) => [note.id, note.text]),
    );
    const links = await store.links(
      scope.tenant,
      rows.map(({ id }) => id),
    );
    const byName = links.filter(({ reason }) => reason?.startsWith('both mention'));
    expect(byName.length).toBeGreaterThanOrEqual(5_000);
    for (const { from, to } of byName) expect(texts.get(from)).toBe(texts.get(to));
  }, 120_000);
});
