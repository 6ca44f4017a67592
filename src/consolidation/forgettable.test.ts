import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NoteId } from '../memory/ids.ts';
import { defaultPolicy, type Policy } from '../memory/policy.ts';
import { forgettable, type HeldNote, mayMove, outOfTime, type Ties } from './forgettable.ts';

const dayMs = 86_400_000;
const now = 400 * dayMs;
const policy: Policy = { ...defaultPolicy, isForgetting: true };
const noTies: Ties = { isEvidence: () => false, entitiesOf: () => [], notesOfEntity: () => 0 };

let made = 0;
function held(overrides: Partial<HeldNote> = {}): HeldNote {
  made += 1;
  return {
    id: `note_${String(made).padStart(6, '0')}` as NoteId,
    createdAt: 0,
    lastUsedAt: 0,
    isPinned: false,
    expiresAt: null,
    place: null,
    importance: 0.5,
    uses: 0,
    sessionUse: 0,
    retrievability: 0.4,
    ...overrides,
  };
}

/** Of all that may be moved. */
function forgotten(
  notes: readonly HeldNote[],
  { ties = noTies, ...given }: Partial<Policy> & { readonly ties?: Ties } = {},
) {
  const ruled = { ...policy, ...given };
  const movable = new Set(notes.filter((note) => mayMove(note, ruled, now)).map(({ id }) => id));
  return forgettable(notes, { policy: ruled, ties, movable });
}

const idsOf = (gone: readonly { readonly id: NoteId }[]): readonly NoteId[] => gone.map(({ id }) => id);

describe('what is forgotten', () => {
  it('is what is too faint, and the reason says so', () => {
    const faint = held();
    const firm = held({ retrievability: 0.51 });
    expect(forgotten([faint, firm])).toEqual([{ id: faint.id, reason: 'forgotten: retrievability below 0.5' }]);
  });

  it('is never what is pinned, recently made or recently used', () => {
    const spared = [
      held({ isPinned: true }),
      held({ createdAt: now - 29 * dayMs }),
      held({ lastUsedAt: now - 29 * dayMs }),
    ];
    expect(forgotten(spared)).toEqual([]);
  });

  it('is never what something held to be true rests on', () => {
    const note = held();
    const ties = { ...noTies, isEvidence: (id: NoteId) => id === note.id };
    expect(forgotten([note], { ties })).toEqual([]);
  });

  it('leaves of every entity the note most worth keeping', () => {
    const [fainter, faint] = [held({ retrievability: 0.3 }), held({ retrievability: 0.4 })];
    const ties = { ...noTies, entitiesOf: () => ['Minka'], notesOfEntity: () => 2 };
    expect(idsOf(forgotten([faint, fainter], { ties }))).toEqual([fainter.id]);
  });

  it('is, over the capacity, what has the lowest retrievability times importance', () => {
    const [low, middle, high] = [
      held({ retrievability: 0.9, importance: 0.2 }),
      held({ retrievability: 0.6, importance: 0.5 }),
      held({ retrievability: 0.8, importance: 0.8 }),
    ];
    const gone = forgotten([high, middle, low], { capacity: 1 });
    expect(gone).toEqual([
      { id: low.id, reason: 'forgotten: over the capacity of 1' },
      { id: middle.id, reason: 'forgotten: over the capacity of 1' },
    ]);
  });

  it('lets a rare place keep its notes when a common one overflows', () => {
    const office = Array.from({ length: 20 }, () => held({ place: 'office', retrievability: 0.9 }));
    const cabin = Array.from({ length: 3 }, () => held({ place: 'cabin', retrievability: 0.6 }));
    const gone = forgotten([...cabin, ...office], { capacity: 10, placeMin: 5 });
    expect(gone).toHaveLength(13);
    expect(idsOf(gone).some((id) => cabin.some((note) => note.id === id))).toBe(false);
  });

  it('takes equals by age, then by id, and does not depend on the order it is given', () => {
    fc.assert(
      fc.property(fc.array(someNote(), { maxLength: 30 }), fc.nat({ max: 30 }), (notes, capacity) => {
        expect(forgotten(notes.toReversed(), { capacity })).toEqual(forgotten(notes, { capacity }));
      }),
    );
  });

  it('is nothing more once it is gone', () => {
    fc.assert(
      fc.property(fc.array(someNote(), { maxLength: 30 }), fc.nat({ max: 30 }), (notes, capacity) => {
        const gone = new Set(idsOf(forgotten(notes, { capacity })));
        expect(
          forgotten(
            notes.filter(({ id }) => !gone.has(id)),
            { capacity },
          ),
        ).toEqual([]);
      }),
    );
  });
});

describe('what is out of time', () => {
  it('is what expires now or did before, unless it is pinned', () => {
    const over = held({ expiresAt: now });
    const notes = [over, held({ expiresAt: now + 1 }), held(), held({ expiresAt: now, isPinned: true })];
    expect(outOfTime(notes, now)).toEqual([{ id: over.id, reason: 'expired' }]);
  });
});

function someNote(): fc.Arbitrary<HeldNote> {
  return fc
    .record({
      createdAt: fc.nat({ max: 400 }).map((days) => days * dayMs),
      isPinned: fc.boolean(),
      place: fc.constantFrom(null, 'office', 'cabin'),
      importance: fc.constantFrom(0.3, 0.5, 0.8),
      retrievability: fc.constantFrom(0.3, 0.49, 0.5, 0.9),
    })
    .map((overrides) => held(overrides));
}
