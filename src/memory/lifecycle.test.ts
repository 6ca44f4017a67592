import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayBecome, transitions } from './lifecycle.ts';
import { type NoteState, noteStates } from './note.ts';

describe('the states of a note', () => {
  it('can all be left, and the way back to active is one step', () => {
    for (const state of noteStates) {
      expect(transitions[state].length).toBeGreaterThan(0);
      expect(mayBecome(state, 'active')).toBe(true);
    }
  });

  it('never let what is no longer true be archived, or anything become what is not a state', () => {
    expect(mayBecome('invalidated', 'archived')).toBe(false);
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...noteStates), { maxLength: 12 }), (wanted) => {
        let state: NoteState = 'active';
        for (const next of wanted) {
          if (!mayBecome(state, next)) {
            expect(state === 'invalidated' && next === 'archived').toBe(true);
            continue;
          }
          state = next;
        }
      }),
    );
  });
});
