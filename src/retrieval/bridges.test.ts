import { describe, expect, test } from 'vitest';
import { makeNoteId, makeScope, may8 } from '../../test/builders.ts';
import { newAnalyzer } from '../encoding/analyzer.ts';
import { bridges } from './bridges.ts';
import { analyseCue } from './cue.ts';
import type { WorkingSet } from './working-set.ts';
import { newWorkingSet } from './working-set-updates.ts';

const analyzer = newAnalyzer();

function remembering(texts: readonly string[], sessionId: string | null = null): WorkingSet {
  const set = newWorkingSet(analyzer);
  for (const [index, text] of texts.entries()) {
    const at = may8 + index * 1_000;
    set.put({
      id: makeNoteId(),
      scope: makeScope(),
      order: index + 1,
      kind: 'episodic',
      state: 'active',
      version: 1,
      sessionId,
      speaker: null,
      role: null,
      eventAt: at,
      createdAt: at,
      validAt: null,
      invalidAt: null,
      expiredAt: null,
      place: null,
      trust: 2,
      importance: 0.5,
      stability: 2,
      lastUsedAt: at,
      isPinned: false,
      expiresAt: null,
      accesses: null,
      keys: analyzer.keys({ text, context: null, place: null, eventAt: at }),
    });
  }
  set.seal();
  return set;
}

const notes = [
  'Thumb Wrestling Federation\nThumb Wrestling Federation is a series shown on Cartoon Network.',
  'Cartoon Network\nCartoon Network is a channel founded by Betty Cohen.',
  'Ice hockey\nIce hockey is played on ice; one federation was founded in Paris.',
  'The Wrestlers\nA painting of two men.',
];
const question = 'Thumb Wrestling Federation is on a network founded by whom?';

function bridgesFrom(seed: number, set: WorkingSet, text = question): readonly number[] {
  const cue = analyseCue(text, analyzer, set);
  return [...bridges({ set, cue, seeds: [{ slot: seed, strength: 1 }], candidates: [0, 1, 2, 3] })];
}

describe('bridges', () => {
  test('lead from a note to the note on what it names', () => {
    const [itself, network, ...others] = bridgesFrom(0, remembering(notes));

    expect(network).toBeGreaterThan(0);
    expect([itself, ...others]).toEqual([0, 0, 0]);
  });

  test('lead back, to the note that names what this one is about', () => {
    const set = remembering(notes);

    expect(bridgesFrom(1, set)[0]).toBe(bridgesFrom(0, set)[1]);
  });

  test('are worth more the more of the cue the two have between them', () => {
    const set = remembering(notes);

    expect(bridgesFrom(0, set)[1]).toBeGreaterThan(bridgesFrom(0, set, `${question} Tell of painters too.`)[1] ?? 0);
  });

  test('lead nowhere when the cue itself has the name', () => {
    expect(bridgesFrom(0, remembering(notes), 'Who founded Cartoon Network?')[1]).toBe(0);
  });

  test('are not built within a conversation', () => {
    expect(bridgesFrom(0, remembering(notes, 'session'))).toEqual([0, 0, 0, 0]);
  });
});
