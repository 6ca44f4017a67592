import { describe, expect, test } from 'vitest';
import { makeScope, may8, remembered } from '../../test/builders.ts';
import type { StoredNote } from '../memory/store.ts';
import { timeline } from './timeline.ts';

const day = 86_400_000;
const stems = (text: string): readonly string[] => text.toLowerCase().match(/\p{L}+/gu) ?? [];
const whole = { claims: [], stems, topic: null, from: null, until: null, limit: 50 };

function said(text: string, days: number, sessionId = `day ${days}`): StoredNote {
  return remembered(makeScope(), text, { episode: { eventAt: may8 + days * day, sessionId } });
}

describe('a timeline', () => {
  test('stands in the order of time, a session by its first message', () => {
    const notes = [said('We left.', 2), said('We arrived.', 0, 's'), said('We ate.', 1, 's')];
    const events = timeline({ ...whole, notes });
    expect(events.map(({ text, kind }) => [kind, text])).toEqual([
      ['session', 'We arrived.'],
      ['said', 'We ate.'],
      ['session', 'We left.'],
    ]);
    expect(events[0]?.at).toBe(new Date(may8).toISOString());
  });

  test('tells of a long message the line that is asked for, word for word', () => {
    const notes = [said('Hello again. The boat sank near Porto. It rained.', 0)];
    expect(timeline({ ...whole, notes, topic: 'boat in Porto' }).map(({ text }) => text)).toEqual([
      'The boat sank near Porto.',
    ]);
  });

  test('tells a time that a memory speaks of when it was, and not when it was said', () => {
    const { note, episode } = said('Hi. The wedding was yesterday.', 3);
    const times = [{ text: 'yesterday', from: may8 + 2 * day, until: may8 + 3 * day }];
    const derived = { keywords: [], tags: [], context: null, importance: 0.5, times, basis: [], by: 'rules-1' };
    const events = timeline({ ...whole, notes: [{ note: { ...note, derived }, episode }], topic: 'wedding' });
    expect(events.map(({ kind, text }) => [kind, text])).toEqual([
      ['spoken_of', 'The wedding was yesterday.'],
      ['said', 'The wedding was yesterday.'],
    ]);
    expect(events[0]?.until).toBe(new Date(may8 + 3 * day).toISOString());
  });

  test('keeps within its limit the events of the notes that come first', () => {
    const notes = [said('b', 5), said('a', 1), said('c', 9)];
    expect(timeline({ ...whole, notes, limit: 2 }).map(({ text }) => text)).toEqual(['a', 'b']);
  });

  test('holds what overlaps the time asked for', () => {
    const notes = [said('a', 1), said('b', 5), said('c', 9)];
    const within = { from: may8 + 2 * day, until: may8 + 9 * day };
    expect(timeline({ ...whole, notes, ...within }).map(({ text }) => text)).toEqual(['b']);
  });
});
