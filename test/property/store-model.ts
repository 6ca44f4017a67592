import fc from 'fast-check';
import { expect } from 'vitest';
import type { Change } from '../../src/memory/change.ts';
import { isEcphoryError } from '../../src/memory/errors.ts';
import type { EntityId, EpisodeId, JobId, LinkId, NoteId, RunId } from '../../src/memory/ids.ts';
import type { Note } from '../../src/memory/note.ts';
import type { Scope } from '../../src/memory/scope.ts';
import type { Applied, ApplyOptions, Store } from '../../src/memory/store.ts';
import {
  makeClaim,
  makeDerived,
  makeEntity,
  makeEpisode,
  makeKeys,
  makeLink,
  makeNote,
  makeRun,
  makeScope,
  makeSummary,
  may8,
} from '../builders.ts';
import type { OpenedStore, StoreUnderTest } from '../contract/open-store.ts';
import {
  type Action,
  axisVector,
  type Command,
  commands,
  entitiesPerScope,
  type Pick,
  runsPerScope,
} from './store-commands.ts';
import { everyRead } from './store-reads.ts';

/**
 * The law: whatever is done to two stores, they answer every read alike, and refuse alike. `runs` sequences of up to
 * 25 batches over two tenants; one that differs is shrunk to the shortest that still does.
 */
export async function compareStores(
  openOne: StoreUnderTest['open'],
  openOther: StoreUnderTest['open'],
  runs: number,
  seed?: number,
): Promise<void> {
  const property = fc.asyncProperty(commands, async (sequence) => {
    const world = newWorld();
    const [one, other] = await Promise.all([openOne({ clock: world.clock }), openOther({ clock: world.clock })]);
    try {
      for (const { store } of [one, other]) await beginRuns(world, store);
      for (const command of sequence) await runCommand(world, one, other, command);
      await expectSameAfterReopening(world, one, other);
    } finally {
      await Promise.all([one.cleanup(), other.cleanup()]);
    }
  });
  await fc.assert(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
}

/** What a run knows of the ids it made. Never asked what the stores should answer: they check each other. */
export interface World {
  readonly clock: () => number;
  nowMs: number;
  readonly scopes: readonly Scope[];
  /** Every note that was ever part of a batch that was applied, with the scope it lives in. */
  readonly notes: Map<NoteId, Scope>;
  readonly erased: Set<NoteId>;
  readonly links: Map<LinkId, Scope>;
  made: number;
}

/** The runs of every scope, under way: commands are made under them or revert them. */
export async function beginRuns(world: World, store: Store): Promise<void> {
  for (const scope of world.scopes) {
    for (let run = 0; run < runsPerScope; run += 1) {
      await store.runs.begin(makeRun({ id: runOf(world, scope, run), scope, startedAt: run, jobId: 'job_0' as JobId }));
    }
  }
}

function runOf(world: World, scope: Scope, run: number): RunId {
  return `run_${world.scopes.indexOf(scope)}_${run}` as RunId;
}

export function newWorld(): World {
  const namespaces = ['users/a', 'users/ab', 'users/a/b', 'users'];
  const world: World = {
    clock: () => world.nowMs,
    nowMs: may8,
    scopes: [
      ...namespaces.map((namespace) => makeScope('acme', namespace)),
      ...namespaces.slice(0, 3).map((namespace) => makeScope('rival', namespace)),
    ],
    notes: new Map(),
    erased: new Set(),
    links: new Map(),
    made: 0,
  };
  return world;
}

export async function runCommand(world: World, one: OpenedStore, other: OpenedStore, command: Command): Promise<void> {
  world.nowMs += command.waitMs;
  const scope = world.scopes[command.scope]!;
  const changes = await changesOf(world, one.store, scope, command.actions);
  const options = optionsOf(world, command, scope);
  const [outcome, otherOutcome] = await Promise.all(
    [one, other].map(({ store }) => outcomeOf(store.apply(scope, changes, options))),
  );
  expect(otherOutcome).toEqual(outcome);
  if (typeof outcome === 'object' && outcome.replayed === null) {
    for (const change of changes) {
      if (change.kind === 'note-added') world.notes.set(change.note.id, scope);
      if (change.kind === 'link-set') world.links.set(change.link.id, scope);
    }
    for (const id of outcome.erased) world.erased.add(id);
  }
  const isSearched = one.search !== undefined && other.search !== undefined;
  const [answers, otherAnswers] = await Promise.all(
    [one, other].map(({ store, search }) => everyRead(world, store, isSearched ? search : undefined)),
  );
  expect(otherAnswers).toEqual(answers);
}

async function expectSameAfterReopening(world: World, one: OpenedStore, other: OpenedStore): Promise<void> {
  const before = await everyRead(world, other.store);
  for (const { reopen } of [one, other]) {
    if (reopen !== undefined) expect(await everyRead(world, await reopen())).toEqual(before);
  }
}

/** What both stores must agree on: the code of a failure, or the answer without its store's own numbering. */
async function outcomeOf(applying: Promise<Applied>) {
  try {
    const { replayed, erased } = await applying;
    return { replayed, erased: [...erased].sort() };
  } catch (error) {
    if (!isEcphoryError(error)) throw error;
    return error.code;
  }
}

function optionsOf(world: World, { receipt, run }: Command, scope: Scope): ApplyOptions {
  const under = run === null ? {} : { run: runOf(world, scope, run) };
  if (receipt === null) return under;
  const { key, fingerprint, keptMs } = receipt;
  world.made += 1;
  return { ...under, receipt: { key, fingerprint, answer: `"answer ${world.made}"`, expiresAt: world.nowMs + keptMs } };
}

/** The changes of one batch. Actions that name a note where there is none are left out. */
export async function changesOf(
  world: World,
  store: Store,
  scope: Scope,
  actions: readonly Action[],
): Promise<Change[]> {
  const alive = [...world.notes].filter(([id, home]) => home === scope && !world.erased.has(id)).map(([id]) => id);
  const everyNote = [...world.notes];
  const known = new Map<NoteId, Note>();
  for (const tenant of new Set(world.scopes.map((each) => each.tenant))) {
    const ids = everyNote.filter(([, home]) => home.tenant === tenant).map(([id]) => id);
    for (const { note } of await store.notes(tenant, ids)) known.set(note.id, note);
  }
  const cursors = new Map<string, number>();
  const changes: Change[] = [];
  for (const action of actions) changes.push(...(await changesOfAction(action)));
  return changes;

  async function changesOfAction(action: Action): Promise<Change[]> {
    const at = world.nowMs;
    switch (action.kind) {
      case 'remember': {
        const { text, speaker, sessionId, metadata } = action;
        const episode = makeEpisode({
          id: nextId('episode') as EpisodeId,
          scope,
          text,
          speaker,
          sessionId,
          metadata,
          eventAt: at - action.eventAgoMs,
          recordedAt: at,
        });
        return [
          { kind: 'episode-added', episode },
          added({
            kind: 'episodic',
            text,
            metadata,
            sources: [episode.id],
            createdAt: at - action.createdAgoMs,
            state: action.state,
          }),
        ];
      }
      case 'derive': {
        const { noteKind: kind, text, metadata } = action;
        return [added({ kind, text, metadata, sources: sourcesOf(action.sources) })];
      }
      case 'add again': {
        const note = known.get(found(action.note) ?? ('' as NoteId));
        return note === undefined || note.scope !== scope
          ? []
          : [{ kind: 'note-added', note, keys: makeKeys(note.text) }];
      }
      case 'revise': {
        const noteId = found(action.note);
        if (noteId === null) return [];
        const version = known.get(noteId)?.version ?? 1;
        const { text, tags, validAt } = action;
        const note = known.get(noteId);
        if (note !== undefined && !action.isStale) known.set(noteId, { ...note, version: version + 1 });
        return [
          {
            kind: 'note-revised',
            noteId,
            expectedVersion: action.isStale ? version + 1 : version,
            revision: { ...(text === null ? {} : { text }), ...(tags === null ? {} : { tags }), validAt },
            keys: makeKeys(text ?? 'unchanged'),
            cause: 'updated',
            at,
          },
        ];
      }
      case 'enrich': {
        const noteId = found(action.note);
        const note = noteId === null ? undefined : known.get(noteId);
        if (note === undefined) return [];
        const { by, tags, importance, isEmbeddedAnew } = action;
        const { id, version, derivation } = note;
        if (!action.isStale) known.set(id, { ...note, derivation: derivation + 1 });
        return [
          {
            kind: 'note-derived',
            noteId: id,
            expectedVersion: version,
            expectedDerivation: derivation + (action.isStale ? 1 : 0),
            derived: makeDerived({ by, tags, importance, basis: action.basis.flatMap((pick) => found(pick) ?? []) }),
            keys: makeKeys(`${note.text} ${tags.join(' ')}`),
            isEmbeddedAnew,
            cause: 'notes',
            at,
          },
        ];
      }
      case 'summarise': {
        const { level, key } = action;
        const summary = makeSummary({ level, key });
        return [added({ kind: 'summary', origin: 'derived', summary, sources: sourcesOf(action.sources) })];
      }
      case 'mark': {
        const { isPinned, expiresInMs } = action;
        return onNote(action.note, (noteId) => ({
          kind: 'note-marked',
          noteId,
          ...(isPinned !== null && { isPinned }),
          ...(expiresInMs !== undefined && { expiresAt: expiresInMs === null ? null : at + expiresInMs }),
          at,
        }));
      }
      case 'claim': {
        const { subject, value, origin } = action;
        const claim = makeClaim({ subject, value });
        return [added({ text: `${subject}: ${value}`, claim, origin, sources: sourcesOf(action.sources) })];
      }
      case 'support':
        return onNote(action.note, (noteId) => ({
          kind: 'note-supported',
          noteId,
          sources: sourcesOf(action.sources),
          at,
        }));
      case 'reinstate':
        return onNote(action.note, (noteId) => ({ kind: 'note-superseded', noteId, by: null, invalidAt: null, at }));
      case 'revert':
        return [{ kind: 'run-reverted', runId: runOf(world, scope, action.run), rowsMax: action.rowsMax }];
      case 'supersede': {
        const [noteId, by] = [found(action.note), found(action.by)];
        if (noteId === null || by === null || noteId === by) return [];
        return [{ kind: 'note-superseded', noteId, by, invalidAt: action.invalidAt, at }];
      }
      case 'state':
        return onNote(action.note, (noteId) => ({
          kind: 'note-state-set',
          noteId,
          state: action.state,
          reason: action.reason,
          at,
        }));
      case 'use':
        return onNote(action.note, (noteId) => ({
          kind: 'note-used',
          noteId,
          retention: { stability: action.stability, difficulty: 5, lastUsedAt: at, uses: action.uses },
          use: { at: at - action.agoMs, grade: action.uses > 4 ? 'easy' : 'good' },
        }));
      case 'link': {
        const [from, to] = [found(action.from), found(action.to)];
        if (from === null || to === null || from === to) return [];
        const { type, weight, reason } = action;
        const id = nextId('link') as LinkId;
        return [{ kind: 'link-set', link: makeLink(from, to, { id, scope, type, weight, reason, createdAt: at }) }];
      }
      case 'unlink': {
        const links = [...world.links].filter(([, home]) => home === scope || action.link.isStray);
        const linkId = links[action.link.nth % Math.max(1, links.length)]?.[0];
        return linkId === undefined ? [] : [{ kind: 'link-removed', linkId }];
      }
      case 'entities':
        return onNote(action.note, (noteId) => ({
          kind: 'entities-set',
          noteId,
          mentions: action.spans.map(([start, nth]) => ({ entity: entityOf(nth), start, end: start + 2 })),
        }));
      case 'embed':
        return onNote(action.note, (noteId) => ({
          kind: 'note-embedded',
          noteId,
          version: (known.get(noteId)?.version ?? 1) + (action.isLate ? -1 : 0),
          derivation: known.get(noteId)?.derivation ?? 0,
          embedder: action.embedder,
          vector: axisVector(action.axis),
        }));
      case 'erase': {
        const noteIds = action.notes.flatMap((pick) => found(pick) ?? []);
        return [{ kind: 'erased', noteIds }];
      }
      case 'advance': {
        const from = cursors.get(action.name) ?? (await store.cursor(action.name));
        if (!action.isStale) cursors.set(action.name, from + action.by);
        const { name, by } = action;
        return [{ kind: 'cursor-advanced', name, from: from + (action.isStale ? 1 : 0), to: from + by }];
      }
    }
  }

  function added(overrides: Partial<Note>): Change {
    const id = nextId('note') as NoteId;
    const note = makeNote({ id, scope, createdAt: world.nowMs, ...overrides });
    alive.push(id);
    known.set(id, note);
    return { kind: 'note-added', note, keys: makeKeys(note.text) };
  }

  function found({ nth, isStray }: Pick): NoteId | null {
    const ids = isStray ? everyNote.map(([id]) => id) : alive;
    return ids.length === 0 ? null : ids[nth % ids.length]!;
  }

  function sourcesOf(picks: readonly Pick[]): readonly EpisodeId[] {
    return [...new Set(picks.flatMap((pick) => known.get(found(pick) ?? ('' as NoteId))?.sources ?? []))];
  }

  function onNote(pick: Pick, change: (id: NoteId) => Change): Change[] {
    const id = found(pick);
    return id === null ? [] : [change(id)];
  }

  function entityOf(nth: number) {
    const id = `entity_${world.scopes.indexOf(scope) * entitiesPerScope + nth}` as EntityId;
    return makeEntity(`Entity ${nth}`, { id, scope });
  }

  /** Ids of the run alone, so that a sequence found to fail fails again. */
  function nextId(prefix: string): string {
    world.made += 1;
    return `${prefix}_${String(world.made).padStart(26, '0')}`;
  }
}
