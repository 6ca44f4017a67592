import { describe, expect, it } from 'vitest';
import { newPlannedScope } from '../../test/planning.ts';
import { scriptedProposals } from '../../test/proposals.ts';
import type { Derived } from '../memory/derived.ts';

const may8of2023 = '2023-05-08T13:56:00.000Z';

describe('planNotes', () => {
  it('makes of a turn what its text leaves out, and touches neither text nor the tags of the caller', async () => {
    const planned = newPlannedScope();
    const [first, second] = await planned.add({
      sessionId: 's',
      tags: ['mine'],
      messages: [
        { content: 'Did you find a new job as a nurse?', name: 'Ann', timestamp: may8of2023 },
        {
          content: 'Yes! Yesterday I signed the contract with the hospital in Lisbon, my salary is 2,000 euros.',
          name: 'Ben',
          timestamp: may8of2023,
        },
      ],
    });
    await planned.consolidate();
    const { note } = await planned.note(second!);
    expect(note.tags).toEqual(['mine']);
    expect(note).toMatchObject({ version: 1, derivation: 1 });
    expect(note.derived).toMatchObject({
      by: 'rules-1',
      tags: ['money'],
      context: 'Ben, 8 May 2023; about job, nurse; after Ann: "Did you find a new job as a nurse?"',
      times: [{ text: 'Yesterday', from: Date.UTC(2023, 4, 7), until: Date.UTC(2023, 4, 8) }],
    });
    expect(note.derived?.keywords).toContain('Lisbon');
    expect(note.derived?.importance).toBeGreaterThan((await planned.note(first!)).note.derived?.importance ?? 1);
    const history = await planned.store.history(planned.scope.tenant, second!);
    expect(history.map(({ version, derivation, cause }) => ({ version, derivation, cause }))).toEqual([
      { version: 1, derivation: 0, cause: 'added' },
      { version: 1, derivation: 1, cause: 'notes: looked at for the first time' },
    ]);
  });

  it('gives an entity one id for as long as it is named, and says where', async () => {
    const planned = newPlannedScope();
    const told = await planned.add({
      messages: [
        { content: 'My friend Oliver Twist moved to Lisbon.', name: 'Ann' },
        { content: 'I miss Oliver Twist, says Ann.', name: 'Ben' },
        { content: 'I told Ann so.', name: 'Ben' },
      ],
    });
    await planned.consolidate(1);
    await planned.restart();
    const later = await planned.add({ messages: [{ content: 'We saw Oliver Twist again.', name: 'Ben' }] });
    await planned.consolidate();
    const ids = [...told, ...later];
    const mentions = await Promise.all(ids.map((id) => planned.store.mentions(planned.scope.tenant, id)));
    expect(mentions[0]?.map(({ entity, start, end }) => [entity.kind, entity.name, start, end])).toEqual([
      ['person', 'Oliver Twist', 10, 22],
      ['place', 'Lisbon', 32, 38],
    ]);
    const idsOf = (name: string) => mentions.flatMap((all) => all.filter(({ entity }) => entity.name === name));
    expect(new Set(idsOf('Oliver Twist').map(({ entity }) => entity.id)).size).toBe(1);
    expect(idsOf('Oliver Twist')).toHaveLength(3);
    expect(idsOf('Ann').map(({ entity }) => entity.kind)).toEqual(['person', 'person']);
  });

  it("takes a model's words where there are some; they are embedded and looked up, those of rules are not", async () => {
    const planned = newPlannedScope();
    const [asked, other] = await planned.add({
      sessionId: 'one',
      messages: [{ content: 'I sold the boat.' }, { content: 'It rained.' }],
    });
    const proposed: Pick<Derived, 'keywords' | 'tags' | 'context' | 'importance' | 'basis'> = {
      keywords: ['sailing'],
      tags: ['hobby'],
      context: 'Gives up sailing.',
      importance: 0.8,
      basis: [other!],
    };
    const changes = await planned.consolidate(8, scriptedProposals({ notes: new Map([[asked!, proposed]]) }));
    const derived = changes.filter((change) => change.kind === 'note-derived');
    expect(derived.map(({ derived: { by }, isEmbeddedAnew }) => [by, isEmbeddedAnew])).toEqual([
      ['model:scripted', true],
      ['rules-1', false],
    ]);
    expect(derived[0]?.keys.context).toContain('sail');
    // The rules quote the turn before.
    expect(derived.map(({ derived: { basis } }) => basis)).toEqual([[other], [asked]]);
    expect((await planned.note(other!)).note.derived?.by).toBe('rules-1');
  });

  it('looks at a revised note again', async () => {
    const planned = newPlannedScope();
    const [id] = await planned.add({ messages: [{ content: 'I play the guitar in a band.' }] });
    await planned.consolidate();
    const { note } = await planned.note(id!);
    await planned.store.apply(planned.scope, [
      {
        kind: 'note-revised',
        noteId: note.id,
        expectedVersion: 1,
        revision: { text: 'I play chess in a tournament.' },
        keys: planned.parts().analyzer.keys({ text: 'I play chess.', context: null, place: null, eventAt: null }),
        cause: 'updated',
        at: 0,
      },
    ]);
    await planned.consolidate();
    expect((await planned.note(id!)).note).toMatchObject({ derivation: 2, derived: { tags: ['games', 'sport'] } });
  });
});
