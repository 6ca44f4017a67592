import fc from 'fast-check';
import type { LinkType } from '../../src/memory/link.ts';
import type { NoteKind, NoteState } from '../../src/memory/note.ts';
import type { SummaryLevel } from '../../src/memory/summary.ts';

/**
 * One call of `apply`, as plain data: notes, links and scopes are named by number and looked up when the command
 * runs, so that a failing sequence still makes sense when some of its commands are taken out.
 */
export interface Command {
  /** Index into the scopes of the run. */
  readonly scope: number;
  readonly actions: readonly Action[];
  /** Under which of the scope's runs it is made. */
  readonly run: number | null;
  readonly receipt: { readonly key: string; readonly fingerprint: string; readonly keptMs: number } | null;
  /** How far the clock moves before it. */
  readonly waitMs: number;
}

/** Which note or link: the nth of those in the scope or, when it strays, of all that ever were anywhere. */
export interface Pick {
  readonly nth: number;
  readonly isStray: boolean;
}

export type Action =
  | {
      readonly kind: 'remember';
      readonly text: string;
      readonly speaker: string | null;
      readonly sessionId: string | null;
      readonly eventAgoMs: number;
      readonly createdAgoMs: number;
      readonly metadata: Fields;
      readonly state: NoteState;
    }
  | {
      readonly kind: 'derive';
      readonly noteKind: NoteKind;
      readonly text: string;
      readonly sources: readonly Pick[];
      readonly metadata: Fields;
    }
  | { readonly kind: 'add again'; readonly note: Pick }
  | {
      readonly kind: 'revise';
      readonly note: Pick;
      readonly isStale: boolean;
      readonly text: string | null;
      readonly tags: readonly string[] | null;
      readonly validAt: number | null;
    }
  | {
      readonly kind: 'enrich';
      readonly note: Pick;
      readonly isStale: boolean;
      readonly by: string;
      readonly tags: readonly string[];
      readonly importance: number;
      readonly isEmbeddedAnew: boolean;
      readonly basis: readonly Pick[];
    }
  | {
      readonly kind: 'summarise';
      readonly level: SummaryLevel;
      readonly key: string;
      readonly sources: readonly Pick[];
    }
  | {
      readonly kind: 'mark';
      readonly note: Pick;
      readonly isPinned: boolean | null;
      /** Undefined leaves it as it is. */
      readonly expiresInMs: number | null | undefined;
    }
  | {
      readonly kind: 'claim';
      readonly sources: readonly Pick[];
      readonly subject: string;
      readonly value: string;
      readonly origin: 'user' | 'derived';
    }
  | { readonly kind: 'support'; readonly note: Pick; readonly sources: readonly Pick[] }
  | { readonly kind: 'reinstate'; readonly note: Pick }
  | { readonly kind: 'revert'; readonly run: number; readonly rowsMax: number }
  | { readonly kind: 'supersede'; readonly note: Pick; readonly by: Pick; readonly invalidAt: number }
  | { readonly kind: 'state'; readonly note: Pick; readonly state: NoteState; readonly reason: string | null }
  | {
      readonly kind: 'use';
      readonly note: Pick;
      readonly stability: number;
      readonly uses: number;
      readonly agoMs: number;
    }
  | {
      readonly kind: 'link';
      readonly from: Pick;
      readonly to: Pick;
      readonly type: LinkType;
      readonly weight: number;
      readonly reason: string | null;
    }
  | { readonly kind: 'unlink'; readonly link: Pick }
  | {
      readonly kind: 'entities';
      readonly note: Pick;
      readonly spans: readonly (readonly [start: number, entity: number])[];
    }
  | {
      readonly kind: 'embed';
      readonly note: Pick;
      readonly embedder: string;
      readonly axis: number;
      readonly isLate: boolean;
    }
  | { readonly kind: 'erase'; readonly notes: readonly Pick[] }
  | { readonly kind: 'advance'; readonly name: string; readonly isStale: boolean; readonly by: number };

type Fields = { readonly [key: string]: string | number | boolean | null };

export const scopesPerRun = 7;
export const entitiesPerScope = 3;
export const runsPerScope = 2;
export const cursorNames = ['worker', 'index'] as const;
export const receiptKeys = ['r1', 'r2'] as const;
export const embedders = ['a', 'b'] as const;
const axes = 4;

const seldom = fc.integer({ min: 0, max: 24 }).map((value) => value === 0);
/** Mostly the first few, so that what happens to a note meets what happened to it before. */
const nth = fc.oneof(fc.nat(2), fc.nat(30));
const pick: fc.Arbitrary<Pick> = fc.record({ nth, isStray: seldom });
const text = fc.constantFrom('The cat is Minka.', 'Alice moved to Porto.', 'Zoë said "c++"?', '\u{1f408}', 'a');
const state = fc.constantFrom<NoteState>('active', 'archived', 'invalidated', 'quarantined');
const metadata: fc.Arbitrary<Fields> = fc.dictionary(
  fc.constantFrom('topic', 'count', 'a.b', 'done'),
  fc.oneof(fc.constantFrom('pets', 'cars', ''), fc.nat(3), fc.boolean(), fc.constant(null)),
  { maxKeys: 3, noNullPrototype: true },
);
const reason = fc.constantFrom(null, 'asked', "it's old");
const timeMs = fc.constantFrom(0, 1, 1_000, 86_400_000);

export const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('remember' as const),
      text,
      speaker: fc.constantFrom(null, 'Alice', 'Bob'),
      sessionId: fc.constantFrom(null, 's1', 's2'),
      eventAgoMs: timeMs,
      createdAgoMs: timeMs,
      metadata,
      state: fc.oneof({ weight: 5, arbitrary: fc.constant('active' as const) }, state),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('derive' as const),
      noteKind: fc.constantFrom<NoteKind>('semantic', 'summary', 'procedural'),
      text,
      sources: fc.array(pick, { maxLength: 3 }),
      metadata,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('add again' as const), note: pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('revise' as const),
      note: pick,
      isStale: seldom,
      text: fc.option(text),
      tags: fc.option(fc.array(fc.constantFrom('cat', 'dog', ''), { maxLength: 2 })),
      validAt: fc.option(timeMs),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('enrich' as const),
      note: pick,
      isStale: seldom,
      by: fc.constantFrom('rules-1', 'model:m'),
      tags: fc.array(fc.constantFrom('cat', 'pets'), { maxLength: 2 }),
      importance: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
      isEmbeddedAnew: fc.boolean(),
      basis: fc.array(pick, { maxLength: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('summarise' as const),
      level: fc.constantFrom<SummaryLevel>('segment', 'session', 'profile'),
      key: fc.constantFrom('', 's1', 's2'),
      sources: fc.array(pick, { maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('mark' as const),
      note: pick,
      isPinned: fc.constantFrom(null, true, false),
      expiresInMs: fc.constantFrom(undefined, null, -5, 0, 10_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      sources: fc.array(pick, { maxLength: 3 }),
      subject: fc.constantFrom('Alice', 'the Alice', 'Bob'),
      value: fc.constantFrom('Porto', 'porto', 'Zürich'),
      origin: fc.constantFrom('user' as const, 'derived' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('support' as const),
      note: pick,
      sources: fc.array(pick, { maxLength: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reinstate' as const), note: pick }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('supersede' as const), note: pick, by: pick, invalidAt: timeMs }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('state' as const), note: pick, state, reason }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('use' as const),
      note: pick,
      stability: fc.double({ min: 0.001, max: 36_500, noNaN: true }),
      uses: fc.nat(9),
      agoMs: timeMs,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('link' as const),
      from: pick,
      to: pick,
      type: fc.constantFrom<LinkType>('related', 'supports', 'derived_from'),
      weight: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
      reason,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unlink' as const), link: pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('entities' as const),
      note: pick,
      spans: fc.uniqueArray(fc.tuple(fc.nat(3), fc.nat(entitiesPerScope - 1)), {
        maxLength: 3,
        selector: ([start, entity]) => `${start} ${entity}`,
      }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('embed' as const),
      note: pick,
      embedder: fc.constantFrom(...embedders),
      axis: fc.nat(axes - 1),
      isLate: seldom,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('revert' as const),
      run: fc.nat(runsPerScope - 1),
      rowsMax: fc.constantFrom(1, 3, 1_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('erase' as const), notes: fc.array(pick, { maxLength: 3 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      name: fc.constantFrom(...cursorNames),
      isStale: seldom,
      by: fc.nat(5),
    }),
  },
);

const command: fc.Arbitrary<Command> = fc.record({
  // Half of the commands meet in one scope, where they build on each other.
  scope: fc.oneof(fc.constant(0), fc.nat(scopesPerRun - 1)),
  actions: fc.array(action, { minLength: 1, maxLength: 5 }),
  run: fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(runsPerScope - 1) }),
  receipt: fc.oneof(
    { weight: 9, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.record({
        key: fc.constantFrom(...receiptKeys),
        fingerprint: fc.constantFrom('f1', 'f2'),
        keptMs: fc.constantFrom(5_000, 86_400_000),
      }),
    },
  ),
  waitMs: fc.constantFrom(0, 1, 10, 10_000),
});

export const commands: fc.Arbitrary<readonly Command[]> = fc.array(command, {
  minLength: 1,
  maxLength: 25,
  size: 'max',
});

/** Along one axis, so that every cosine is exactly -1, 0 or 1 and ties are ties on every back-end. */
export function axisVector(axis: number): Float32Array {
  const vector = new Float32Array(axes / 2);
  vector[Math.floor(axis / 2)] = axis % 2 === 0 ? 1 : -1;
  return vector;
}
