import { describe, expect, it } from 'vitest';
import { newPlannedScope, type PlannedScope } from '../../test/planning.ts';
import { scriptedProposals } from '../../test/proposals.ts';
import type { Change } from '../memory/change.ts';
import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { MessageInput } from '../memory/service.ts';
import { lentTags } from './lent-tags.ts';

async function told(planned: PlannedScope, ...messages: readonly MessageInput[]): Promise<readonly NoteId[]> {
  const ids: NoteId[] = [];
  for (const message of messages) ids.push(...(await planned.add({ messages: [message] })));
  return ids;
}

function derivedIn(changes: readonly Change[], id: NoteId) {
  return changes.filter((change) => change.kind === 'note-derived').filter(({ noteId }) => noteId === id);
}

const evolution = (noteId: NoteId, because: NoteId) => ({
  evolutions: [{ noteId, because, basis: [because], context: 'Gave up sailing for good.', tags: ['hobby', 'sailing'] }],
});

describe('planEvolution', () => {
  it('lends a note the tags that most of its neighbours have, and says because of which', async () => {
    const planned = newPlannedScope();
    const [bare, one, two] = await told(
      planned,
      { content: 'Met Quentin Marlow near Bramblewick.' },
      { content: 'Quentin Marlow from Bramblewick sings in a choir, he plays the violin and the piano.' },
      { content: 'The band of Quentin Marlow in Bramblewick gave a concert, with a guitar and drums.' },
    );
    const changes = await planned.consolidate();
    expect((await planned.note(one!)).note.derived?.tags).toEqual(['music']);
    const { note } = await planned.note(bare!);
    expect(note).toMatchObject({ version: 1, derivation: 2, derived: { tags: ['music'], by: 'rules-1' } });
    expect(
      derivedIn(changes, bare!).map(({ expectedDerivation, isEmbeddedAnew }) => [expectedDerivation, isEmbeddedAnew]),
    ).toEqual([
      [0, false],
      [1, false],
    ]);
    const history = await planned.store.history(planned.scope.tenant, bare!);
    expect(history.at(-1)?.cause).toBe(`evolution: tags of its neighbours, because of ${two}`);
    expect(await planned.consolidate()).toEqual([]);
  });

  it('lets nothing through from another level of trust', async () => {
    const planned = newPlannedScope();
    const [bare] = await told(
      planned,
      { content: 'Met Quentin Marlow near Bramblewick.' },
      { content: 'Quentin Marlow from Bramblewick sings in a choir and plays the violin.', role: 'tool' },
      { content: 'The band of Quentin Marlow in Bramblewick gave a concert, with a guitar.', role: 'tool' },
    );
    await planned.consolidate();
    expect((await planned.note(bare!)).note).toMatchObject({ derivation: 1, derived: { tags: [] } });
    const [web] = await told(planned, { content: 'Everything changed.', role: 'tool' });
    await planned.consolidate(8, scriptedProposals(evolution(bare!, web!)));
    expect((await planned.note(bare!)).note.derivation).toBe(1);
  });

  it('changes a neighbour as a model proposed: derived fields alone, with history, to be embedded anew', async () => {
    const planned = newPlannedScope();
    const [boat] = await told(planned, { content: 'I sold the boat.' });
    await planned.consolidate();
    const [sailing] = await told(planned, { content: 'No more sailing for me.' });
    const changes = await planned.consolidate(8, scriptedProposals(evolution(boat!, sailing!)));
    const { note } = await planned.note(boat!);
    expect(note).toMatchObject({ text: 'I sold the boat.', tags: [], version: 1, derivation: 2 });
    expect(note.derived).toMatchObject({
      context: 'Gave up sailing for good.',
      tags: ['hobby', 'sailing'],
      by: 'model:scripted',
    });
    expect(derivedIn(changes, boat!)).toMatchObject([
      { isEmbeddedAnew: true, keys: { context: expect.arrayContaining(['sail']) } },
    ]);
    const history = await planned.store.history(planned.scope.tenant, boat!);
    expect(history.map(({ derivation, derived }) => [derivation, derived?.by ?? null])).toEqual([
      [0, null],
      [1, 'rules-1'],
      [2, 'model:scripted'],
    ]);
  });

  it('leaves alone what a proposal would not change, a note that is due itself, and more notes than the limit', async () => {
    const planned = newPlannedScope();
    const boats = await told(
      planned,
      ...Array.from({ length: 6 }, (_, index) => ({ content: `Boat ${index} was sold.` })),
    );
    await planned.consolidate();
    const [due] = await told(planned, { content: 'No more sailing for me.' });
    const evolutions = [due!, ...boats].map((noteId) => ({ noteId, because: due!, basis: [due!], context: 'Sold.' }));
    const changes = await planned.consolidate(8, scriptedProposals({ evolutions }));
    expect(derivedIn(changes, due!)).toHaveLength(1);
    expect(boats.filter((id) => derivedIn(changes, id).length > 0)).toHaveLength(limits.evolvedPerNote);
    const [again] = await told(planned, { content: 'None at all.' });
    const same = await planned.consolidate(
      8,
      scriptedProposals({ evolutions: [{ noteId: boats[0]!, because: again!, basis: [again!], context: 'Sold.' }] }),
    );
    expect(derivedIn(same, boats[0]!)).toEqual([]);
  });
});

describe('lentTags', () => {
  it('needs two votes and half of the neighbours, and stops at the limit', () => {
    expect(lentTags(['a'], [['b'], ['b', 'c'], ['a']])).toEqual(['b']);
    expect(lentTags([], [['b'], ['b'], [], [], []])).toEqual([]);
    const many = Array.from({ length: 12 }, (_, index) => `t${String(index).padStart(2, '0')}`);
    expect(lentTags(['own'], [many, many])).toEqual(many.slice(0, limits.derivedTagsPerNote - 1));
  });
});
