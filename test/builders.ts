import type { Change } from '../src/memory/change.ts';
import type { Claim } from '../src/memory/claim.ts';
import type { Derived } from '../src/memory/derived.ts';
import type { Entity } from '../src/memory/entity.ts';
import type { Episode } from '../src/memory/episode.ts';
import type { EntityId, EpisodeId, JobId, LinkId, NoteId, RunId } from '../src/memory/ids.ts';
import type { Job, ModelRecord, Run } from '../src/memory/job.ts';
import type { Link } from '../src/memory/link.ts';
import type { Note, NoteKeys } from '../src/memory/note.ts';
import { parseNamespace, parseTenant, type ReadScope, type Scope } from '../src/memory/scope.ts';
import type { Summary } from '../src/memory/summary.ts';

/** 2024-05-08T13:56:00Z, milliseconds since 1970: when everything happens in tests unless they say otherwise. */
export const may8 = Date.UTC(2024, 4, 8, 13, 56);

let made = 0;

/** The nth thing made by this process: ids ascend in the order of making, which tests of ties rely on. */
function nextId(prefix: string): string {
  made += 1;
  return `${prefix}_${String(made).padStart(26, '0')}`;
}

export const makeNoteId = (): NoteId => nextId('note') as NoteId;
export const makeEpisodeId = (): EpisodeId => nextId('episode') as EpisodeId;
export const makeLinkId = (): LinkId => nextId('link') as LinkId;
export const makeEntityId = (): EntityId => nextId('entity') as EntityId;
export const makeJobId = (): JobId => nextId('job') as JobId;
export const makeRunId = (): RunId => nextId('run') as RunId;

export function makeScope(tenant = 'acme', namespace = 'users/alice'): Scope {
  return { tenant: parseTenant(tenant), namespace: parseNamespace(namespace) };
}

/** The scope and everything below it, as a read. */
export function subtreeOf(scope: Scope): ReadScope {
  return { ...scope, subtree: true };
}

export function makeEpisode(overrides: Partial<Episode> = {}): Episode {
  return {
    id: makeEpisodeId(),
    scope: makeScope(),
    sessionId: null,
    role: null,
    speaker: null,
    text: 'I adopted a grey cat called Minka.',
    eventAt: may8,
    recordedAt: may8,
    place: null,
    origin: 'user',
    trust: 2,
    metadata: {},
    ...overrides,
  };
}

/** A semantic note that rests on nothing, unless `overrides` say otherwise. For an episodic one see `remembered`. */
export function makeNote(overrides: Partial<Note> = {}): Note {
  const createdAt = overrides.createdAt ?? may8;
  return {
    id: makeNoteId(),
    scope: makeScope(),
    kind: 'semantic',
    text: 'Alice has a grey cat called Minka.',
    tags: [],
    derived: null,
    derivation: 0,
    claim: null,
    summary: null,
    sources: [],
    version: 1,
    state: 'active',
    stateReason: null,
    isPinned: false,
    expiresAt: null,
    origin: 'user',
    trust: 2,
    importance: 0.5,
    retention: { stability: 2.3065, difficulty: 2.118104, lastUsedAt: createdAt, uses: 0 },
    validAt: null,
    invalidAt: null,
    createdAt,
    revisedAt: createdAt,
    expiredAt: null,
    supersededBy: null,
    metadata: {},
    ...overrides,
  };
}

export function makeDerived(overrides: Partial<Derived> = {}): Derived {
  return {
    keywords: ['minka'],
    tags: ['pets'],
    context: 'Alice, of her cat.',
    importance: 0.4,
    times: [],
    basis: [],
    by: 'rules-1',
    ...overrides,
  };
}

export function makeSummary(overrides: Partial<Summary> = {}): Summary {
  return {
    level: 'session',
    key: 's1',
    from: may8,
    until: may8,
    sentences: [{ text: 'Alice has a grey cat called Minka.', episodes: [] }],
    sourceHash: 'hash',
    by: 'rules-1',
    ...overrides,
  };
}

export function makeClaim(overrides: Partial<Claim> = {}): Claim {
  return {
    subject: 'Alice',
    attribute: 'residence',
    value: 'Porto',
    polarity: 'positive',
    isSingle: true,
    ...overrides,
  };
}

/** A queued job of the feed with all passes, due at once. */
export function makeJob(overrides: Partial<Job> = {}): Job {
  return {
    id: makeJobId(),
    scope: makeScope(),
    passes: ['notes', 'links', 'evolution', 'claims'],
    origin: 'feed',
    isDryRun: false,
    state: 'queued',
    attempts: 0,
    runAfter: may8,
    createdAt: may8,
    updatedAt: may8,
    progress: { done: 0, total: 0 },
    result: null,
    error: null,
    ...overrides,
  };
}

export function makeRun(overrides: Partial<Run> = {}): Run {
  return {
    id: makeRunId(),
    scope: makeScope(),
    jobId: makeJobId(),
    state: 'running',
    startedAt: may8,
    finishedAt: null,
    summary: null,
    ...overrides,
  };
}

/** The nth answer of a model in a run. */
export function makeModelRecord(run: Run, ordinal: number, overrides: Partial<ModelRecord> = {}): ModelRecord {
  return {
    runId: run.id,
    ordinal,
    prompt: 'evolve-notes/1',
    model: 'm@localhost',
    answer: `{"n":${ordinal}}`,
    inputTokens: 100,
    outputTokens: 20,
    at: may8,
    shown: [],
    ...overrides,
  };
}

/** Keys as the plainest analyser would make them: lower case, split at what is no letter or digit, one passage. */
export function makeKeys(text: string, overrides: Partial<NoteKeys> = {}): NoteKeys {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return {
    analyzer: 'test-v1',
    passages: [words],
    context: [],
    words: words.length,
    question: text.includes('?'),
    ...overrides,
  };
}

export function makeLink(from: NoteId, to: NoteId, overrides: Partial<Link> = {}): Link {
  return {
    id: makeLinkId(),
    scope: makeScope(),
    from,
    to,
    type: 'related',
    weight: 0.5,
    reason: null,
    createdAt: may8,
    ...overrides,
  };
}

export function makeEntity(name: string, overrides: Partial<Entity> = {}): Entity {
  return { id: makeEntityId(), scope: makeScope(), kind: 'person', name, ...overrides };
}

/** A use that went well, when everything happens. */
export const goodUse = { at: may8, grade: 'good' } as const;

/** A note with the change that adds it. */
export function noteAdded(note: Note): Change {
  return { kind: 'note-added', note, keys: makeKeys(note.text) };
}

/** The change that gives a note, at its first form unless it says otherwise, what a pass made of it. */
export function noteDerived(
  note: Pick<Note, 'id' | 'text' | 'version' | 'derivation'>,
  overrides: Partial<Extract<Change, { readonly kind: 'note-derived' }>> = {},
): Change {
  return {
    kind: 'note-derived',
    noteId: note.id,
    expectedVersion: note.version,
    expectedDerivation: note.derivation,
    derived: makeDerived(),
    keys: makeKeys(note.text),
    isEmbeddedAnew: false,
    cause: 'notes',
    at: may8 + 1_000,
    ...overrides,
  };
}

export interface Remembered {
  readonly episode: Episode;
  readonly note: Note;
  readonly changes: readonly Change[];
}

/** One episode and the episodic note over it, with the changes that store both. */
export function remembered(
  scope: Scope,
  text: string,
  overrides: { readonly episode?: Partial<Episode>; readonly note?: Partial<Note> } = {},
): Remembered {
  const episode = makeEpisode({ scope, text, ...overrides.episode });
  const note = makeNote({
    scope,
    text,
    kind: 'episodic',
    sources: [episode.id],
    origin: episode.origin,
    trust: episode.trust,
    metadata: episode.metadata,
    createdAt: episode.recordedAt,
    ...overrides.note,
  });
  return { episode, note, changes: [{ kind: 'episode-added', episode }, noteAdded(note)] };
}
