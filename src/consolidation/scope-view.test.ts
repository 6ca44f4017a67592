import { describe, expect, it } from 'vitest';
import { makeScope, remembered } from '../../test/builders.ts';
import { newPlannedScope } from '../../test/planning.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import type { NoteId } from '../memory/ids.ts';
import type { StoredNote } from '../memory/store.ts';
import { type GrowingScopeView, newScopeView } from './scope-view.ts';

const scope = makeScope();

function viewOf(...texts: readonly string[]): {
  view: GrowingScopeView;
  ids: readonly NoteId[];
  notes: readonly StoredNote[];
} {
  const view = newScopeView(scope, newAnalyzer());
  const notes = texts.map((text): StoredNote => remembered(scope, text, { episode: { sessionId: 's' } }));
  for (const note of notes) view.add(note);
  return { view, notes, ids: notes.map(({ note }) => note.id) };
}

describe('a view of a scope', () => {
  it('answers for a note from those before it, however many came later', () => {
    const { view, ids } = viewOf('A heron by the river.', 'Another heron.', 'The heron again.');
    expect(view.noteFrequency('heron')).toBe(3);
    expect(view.noteFrequency('heron', ids[1])).toBe(1);
    expect(view.sizeBefore(ids[1]!)).toBe(1);
    expect(view.neighbours(ids[0]!, 5)).toEqual([]);
    expect(view.neighbours(ids[1]!, 5).map(({ noteId }) => noteId)).toEqual([ids[0]]);
    expect(view.neighbours(ids[0]!, 5, ids[2]).length).toBe(2);
  });

  it('gives the cosine of tf-idf stems, worked out by hand', () => {
    const { view, ids } = viewOf('heron river', 'heron lake');
    // Two notes: idf of a stem in both is ln 2, in one ln 3.
    const [both, one] = [Math.log(2), Math.log(3)];
    const cosine = both ** 2 / (both ** 2 + one ** 2);
    expect(view.neighbours(ids[1]!, 1)[0]?.similarity).toBeCloseTo(cosine, 12);
  });

  it('does not take greetings and the names of those who speak for likeness', () => {
    const view = newScopeView(scope, newAnalyzer());
    const turns = ['Thanks Ann, that sounds great!', 'Great, thanks Ann!'].map(
      (text): StoredNote => remembered(scope, text, { episode: { speaker: 'Ann' } }),
    );
    for (const turn of turns) view.add(turn);
    expect(view.neighbours(turns[1]!.note.id, 5)).toEqual([]);
  });

  it('forgets a note as if it had never been there', () => {
    const { view, ids } = viewOf('A heron by the river.', 'Another heron.', 'The heron again.');
    view.remove(ids[0]!);
    expect(view.size).toBe(2);
    expect(view.sizeBefore(ids[1]!)).toBe(0);
    expect(view.noteFrequency('heron', ids[2])).toBe(1);
    expect(view.neighbours(ids[2]!, 5).map(({ noteId }) => noteId)).toEqual([ids[1]]);
    expect(view.turnBefore(ids[1]!)).toBeNull();
  });

  it('knows the turn before by when it happened, not by when it came in', () => {
    const view = newScopeView(scope, newAnalyzer());
    const turnAt = (eventAt: number): StoredNote =>
      remembered(scope, 'A turn.', { episode: { sessionId: 's', eventAt } });
    const [second, first, third] = [turnAt(2_000), turnAt(1_000), turnAt(3_000)];
    for (const turn of [second, first, third]) view.add(turn);
    expect(view.turnBefore(third.note.id)).toBe(second.note.id);
    // When the second was added, the first was not there yet.
    expect(view.turnBefore(second.note.id)).toBeNull();
    expect(view.turnBefore(first.note.id)).toBeNull();
  });

  it('takes a capital that begins a sentence for a name only when a text has it inside one', () => {
    const { view, ids } = viewOf('Keep the change. Marley barked.', 'I saw Marley today.', 'Marley slept.');
    expect(ids.map((id) => view.namesOf(id).map(({ text }) => text))).toEqual([[], ['Marley'], ['Marley']]);
  });

  it('has one key for names that are spelt alike', () => {
    const { view, ids } = viewOf(
      'At the Westminster Conservatory of Music.',
      'From the Westminster Conservatory of Musics!',
    );
    const [one, other] = ids.map((id) => view.namesOf(id)[0]?.key);
    expect(one).toBe('westminster conservatory of music');
    expect(other).toBe(one);
  });

  it('is the same when it is read from the store as when it grew, and leaves out what is due', async () => {
    const planned = newPlannedScope();
    await planned.add({ sessionId: 's', messages: [{ content: 'I met Oliver Twist in Lisbon.', name: 'Ann' }] });
    await planned.add({ sessionId: 's', messages: [{ content: 'Oliver Twist plays the guitar.', name: 'Ann' }] });
    await planned.consolidate();
    const [due] = await planned.add({ sessionId: 's', messages: [{ content: 'He left Lisbon.', name: 'Ann' }] });
    const grown = planned.view;
    await planned.restart();
    expect(planned.view.size).toBe(2);
    expect(planned.view.entity('oliver twist')).toEqual(grown.entity('oliver twist'));
    expect(planned.view.entity('oliver twist')).not.toBeNull();
    for (const view of [grown, planned.view]) view.add(await planned.note(due!));
    expect(planned.view.neighbours(due!, 5)).toEqual(grown.neighbours(due!, 5));
    expect(planned.view.turnBefore(due!)).toBe(grown.turnBefore(due!));
  });
});
