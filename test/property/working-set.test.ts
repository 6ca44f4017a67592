import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import type { Change } from '../../src/memory/change.ts';
import { roles, type Trust } from '../../src/memory/episode.ts';
import { isEcphoryError } from '../../src/memory/errors.ts';
import type { NoteId } from '../../src/memory/ids.ts';
import { noteStates } from '../../src/memory/note.ts';
import type { ReadScope } from '../../src/memory/scope.ts';
import type { Postings, WorkingSet } from '../../src/retrieval/working-set.ts';
import { newWorkingSets } from '../../src/retrieval/working-sets.ts';
import { type InMemoryStore, openInMemoryStore } from '../../src/store/in-memory.ts';
import { makeKeys, makeNote, makeScope, may8, remembered, subtreeOf } from '../builders.ts';

const analyzer = newAnalyzer();
const scopes = ['users/alice', 'users/alice/work', 'users/bob'].map((namespace) => makeScope('acme', namespace));
const alice: ReadScope = { ...scopes[0]!, subtree: false };
const everyone = subtreeOf(makeScope('acme', 'users'));

describe('a working set that followed the feed', () => {
  it('equals one rebuilt from the store, after any changes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(commands, { maxLength: 120 }), async (some) => {
        const world = newWorld();
        for (const command of some) await world.carryOut(command);
        await world.expectEqual();
      }),
      { numRuns: 60 },
    );
  });

  it('equals one rebuilt from the store, all along 10,000 changes', { timeout: 120_000 }, async () => {
    const world = newWorld();
    for (const [index, command] of fc.sample(commands, { numRuns: 10_000, seed: 20_240_508 }).entries()) {
      await world.carryOut(command);
      if (index % 2_500 === 2_499) await world.expectEqual();
    }
    expect(world.notes()).toBeGreaterThan(100);
  });
});

interface Command {
  readonly verb: 'turn' | 'fact' | 'foreign' | 'revise' | 'state' | 'supersede' | 'use' | 'erase' | 'look';
  readonly scope: number;
  readonly target: number;
  readonly other: number;
  readonly words: readonly string[];
  readonly session: number;
  readonly speaker: number;
  readonly minutes: number;
  readonly long: boolean;
}

const vocabulary = 'cat dog Lisbon wedding painting run running adopted c++ 🎉 北京 the and you were café'.split(' ');
const sessions = [null, 's1', 's2', 's3'] as const;
const speakers = [null, 'Alice', "Bob O'Neil", 'Zoë'] as const;
const places = [null, null, 'Lisbon', 'New York'] as const;

const commands: fc.Arbitrary<Command> = fc.record({
  verb: fc.oneof(
    { weight: 8, arbitrary: fc.constant('turn' as const) },
    { weight: 2, arbitrary: fc.constantFrom('fact' as const, 'foreign' as const) },
    { weight: 4, arbitrary: fc.constantFrom('revise' as const, 'state' as const) },
    { weight: 3, arbitrary: fc.constantFrom('supersede' as const, 'use' as const, 'erase' as const) },
    { weight: 3, arbitrary: fc.constant('look' as const) },
  ),
  scope: fc.nat({ max: scopes.length - 1 }),
  target: fc.nat(),
  other: fc.nat(),
  words: fc.array(fc.constantFrom(...vocabulary), { maxLength: 8 }),
  session: fc.nat({ max: sessions.length - 1 }),
  speaker: fc.nat({ max: speakers.length - 1 }),
  minutes: fc.integer({ min: -30, max: 30 }),
  long: fc.boolean(),
});

/** A store, working sets that follow it, and what is in it by id. */
function newWorld() {
  const store = openInMemoryStore({ clock: () => may8 });
  const following = newWorkingSets({ store, analyzer, snapshots: null });
  const ids: { readonly id: NoteId; readonly scope: number; version: number }[] = [];

  return { carryOut, expectEqual, notes: () => ids.length };

  async function carryOut(command: Command): Promise<void> {
    if (command.verb === 'look') {
      await Promise.all([following.get(alice), following.get(everyone), following.get(alice)]);
      return;
    }
    if (command.verb === 'turn' || command.verb === 'fact' || command.verb === 'foreign') return add(command);
    const target = ids[command.target % Math.max(1, ids.length)];
    if (target === undefined) return;
    const changes = changesOf(command, target);
    const applied = await store.apply(scopes[target.scope]!, changes).catch((error: unknown) => {
      // Not every state may follow every other.
      if (command.verb === 'state' && isEcphoryError(error) && error.code === 'conflict') return { erased: [] };
      throw error;
    });
    if (command.verb === 'revise') target.version += 1;
    for (const erased of applied.erased) {
      ids.splice(
        ids.findIndex(({ id }) => id === erased),
        1,
      );
    }
  }

  function changesOf(command: Command, target: (typeof ids)[number]): readonly Change[] {
    const noteId = target.id;
    const at = may8 + command.minutes;
    switch (command.verb) {
      case 'revise': {
        const text = textOf(command);
        const keys = keysOf(text, at, null);
        const revision = { text, importance: (command.other % 10) / 10 };
        return [
          { kind: 'note-revised', noteId, expectedVersion: target.version, revision, keys, cause: 'updated', at },
        ];
      }
      case 'state': {
        const state = noteStates[command.other % noteStates.length]!;
        return [{ kind: 'note-state-set', noteId, state, reason: null, at }];
      }
      case 'supersede': {
        const by = ids.filter(({ id, scope }) => id !== noteId && scope === target.scope).at(-1);
        return by === undefined ? [] : [{ kind: 'note-superseded', noteId, by: by.id, invalidAt: at, at }];
      }
      case 'use': {
        const retention = { stability: command.other % 100, difficulty: 5, lastUsedAt: at, uses: 1 };
        const isPinned = command.other % 2 === 0;
        return [
          { kind: 'note-used', noteId, retention, use: { at: retention.lastUsedAt, grade: 'good' } },
          { kind: 'note-marked', noteId, isPinned, expiresAt: isPinned ? null : at, at },
        ];
      }
      default:
        return [{ kind: 'erased', noteIds: [noteId] }];
    }
  }

  async function add(command: Command): Promise<void> {
    const scope = scopes[command.scope]!;
    const text = textOf(command);
    if (command.verb !== 'turn') {
      const note = makeNote({ scope, text, validAt: command.other % 2 === 0 ? may8 : null });
      const keys = command.verb === 'foreign' ? makeKeys(text) : keysOf(text, null, null);
      await store.apply(scope, [{ kind: 'note-added', note, keys }]);
      ids.push({ id: note.id, scope: command.scope, version: 1 });
      return;
    }
    const place = places[command.other % places.length]!;
    const eventAt = may8 + command.minutes * 60_000;
    const turn = remembered(scope, text, {
      episode: {
        sessionId: sessions[command.session]!,
        speaker: speakers[command.speaker]!,
        role: roles[command.other % 7] ?? null,
        trust: (command.target % 4) as Trust,
        place,
        eventAt,
      },
    });
    const keys = keysOf(text, eventAt, place);
    await store.apply(scope, [turn.changes[0]!, { kind: 'note-added', note: turn.note, keys }]);
    ids.push({ id: turn.note.id, scope: command.scope, version: 1 });
  }

  async function expectEqual(): Promise<void> {
    for (const read of [alice, everyone]) {
      const rebuilt = newWorkingSets({ store, analyzer, snapshots: null });
      const expected = dump(await rebuilt.get(read));
      expect(dump(await following.get(read))).toEqual(expected);
      expect(expected.notes).toHaveLength((await allNotes(store, read)).length);
    }
  }
}

function textOf({ words, long }: Command): string {
  const text = `${words.join(' ')}${words.length % 2 === 0 ? '?' : '.'} `;
  return long && words.length > 5 ? text.repeat(30) : text;
}

function keysOf(text: string, eventAt: number | null, place: string | null) {
  return analyzer.keys({ text, context: null, place, eventAt });
}

async function allNotes(store: InMemoryStore, read: ReadScope) {
  return store.workingRows(read, 0, 1_000_000);
}

/** All that can be seen of a set, by ids, names and stems in place of numbers. */
function dump(set: WorkingSet) {
  const { slots } = set;
  const notes = [];
  const stems = new Set<string>();
  for (let slot = 0; slot < set.size; slot += 1) {
    if (slots.present[slot] === 0) continue;
    const id = set.idOf(slot);
    if (set.slotOf(id) !== slot) throw new Error('A note must be found by its id.');
    const units = Array.from({ length: slots.unitCount[slot]! }, (_, index) => slots.firstUnit[slot]! + index);
    const contextUnit = slots.contextUnit[slot]!;
    notes.push({
      id,
      order: slots.order[slot],
      kind: slots.kind[slot],
      state: slots.state[slot],
      role: slots.role[slot],
      trust: slots.trust[slot],
      question: slots.question[slot],
      version: slots.version[slot],
      words: slots.words[slot],
      times: [
        slots.eventAt[slot],
        slots.createdAt[slot],
        slots.validAt[slot],
        slots.invalidAt[slot],
        slots.expiredAt[slot],
        slots.lastUsedAt[slot],
        slots.expiresAt[slot],
      ],
      pinned: slots.pinned[slot],
      accesses: set.accessesOf(slot),
      importance: slots.importance[slot],
      stability: slots.stability[slot],
      session: set.sessions.nameOf(slots.session[slot]!),
      speaker: set.speakers.nameOf(slots.speaker[slot]!),
      place: set.places.nameOf(slots.place[slot]!),
      previous: slots.previous[slot]! < 0 ? null : set.idOf(slots.previous[slot]!),
      next: slots.next[slot]! < 0 ? null : set.idOf(slots.next[slot]!),
      passages: units.map((unit) => said(set, set.text, unit, slot)),
      context: contextUnit < 0 ? null : said(set, set.context, contextUnit, slot),
    });
    for (const [stem] of [
      ...notes.at(-1)!.passages.flatMap((unit) => unit.stems),
      ...(notes.at(-1)!.context?.stems ?? []),
    ]) {
      stems.add(stem);
    }
  }
  const sorted = [...stems].sort();
  return {
    notes,
    presentNotes: set.presentNotes,
    liveNotes: set.liveNotes,
    text: [set.text.liveUnits, set.text.liveLength],
    context: [set.context.liveUnits, set.context.liveLength],
    terms: sorted.map((stem) => ({
      stem,
      inText: found(set, set.text, stem),
      inContext: found(set, set.context, stem),
    })),
    unknown: vocabulary.filter((word) => !stems.has(word) && set.termId(word) >= 0),
    sessions: named(set.sessions),
    speakers: named(set.speakers),
    places: named(set.places),
  };
}

function said(set: WorkingSet, postings: Postings, unit: number, slot: number) {
  if (postings.slotOf[unit] !== slot) throw new Error('A unit must know its slot.');
  const stems: [string, number][] = [];
  for (let index = postings.unitStart[unit]!; index < postings.unitStart[unit + 1]!; index += 1) {
    stems.push([set.termOf(postings.unitTerms[index]!), postings.unitFrequencies[index]!]);
  }
  return { length: postings.lengthOf[unit], stems: stems.sort() };
}

/** Who has a stem, by its postings: note, passage and how often. */
function found(set: WorkingSet, postings: Postings, stem: string) {
  const term = set.termId(stem);
  const hits: string[] = [];
  let before = -1;
  postings.forEachRun(term, (units, frequencies, start, end) => {
    for (let index = start; index < end; index += 1) {
      const unit = units[index]!;
      if (unit <= before) throw new Error('Units must ascend.');
      before = unit;
      const slot = postings.slotOf[unit]!;
      if (slot < 0) continue;
      const first = postings === set.text ? set.slots.firstUnit[slot]! : set.slots.contextUnit[slot]!;
      hits.push(`${set.idOf(slot)} ${unit - first} ${frequencies[index]}`);
    }
  });
  return { notes: postings.noteFrequency(term), hits: hits.sort() };
}

function named(table: WorkingSet['speakers']) {
  const names = [];
  for (let index = 0; index < table.size; index += 1) {
    if (table.countOf(index) === 0) {
      expect(table.nameOf(index)).toBe('');
      continue;
    }
    expect(table.indexOf(table.nameOf(index))).toBe(index);
    names.push({ name: table.nameOf(index), words: table.wordsOf(index), count: table.countOf(index) });
  }
  return names.sort((left, right) => (left.name < right.name ? -1 : 1));
}
