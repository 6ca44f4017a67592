import type { Analyzer } from '../memory/analyzer.ts';
import type { Change } from '../memory/change.ts';
import type { Metadata, Origin } from '../memory/episode.ts';
import { type ForgettingCurve, initialRetention } from '../memory/forgetting.ts';
import type { EpisodeId, IdSource, NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { Link } from '../memory/link.ts';
import type { Note } from '../memory/note.ts';
import type { Scope } from '../memory/scope.ts';
import { claimText } from './claim-text.ts';
import { type Run, type Statement, timeline } from './settle-claims.ts';

export interface SettleParts {
  readonly analyzer: Analyzer;
  readonly ids: Pick<IdSource, 'noteId' | 'linkId'>;
  readonly curve: ForgettingCurve;
}

/** A statement with the episode that says so; null for a fact that a caller gave. */
export interface Said extends Statement {
  readonly episodeId: EpisodeId | null;
  /** The note that a given fact is to be. */
  readonly givenAs?: NoteId;
}

/** Facts that callers gave: of two of one moment, the one that was given later holds. */
export const givenSeries = 'given';

/** What settling one timeline comes to. */
export interface Settled {
  readonly changes: readonly Change[];
  /** The notes of the timeline as they will be. */
  readonly notes: readonly Note[];
  /** The disputes among them as they will be. */
  readonly links: readonly Link[];
  /** By id of a statement: the note that holds it. */
  readonly noteOf: ReadonlyMap<string, NoteId>;
}

export interface Timeline {
  readonly scope: Scope;
  /** Every active claim of the timeline that is stored. */
  readonly notes: readonly Note[];
  /** `contradicts` links between them. */
  readonly links: readonly Link[];
  /** Statements that their source makes no longer. */
  readonly withdrawn?: ReadonlySet<string>;
}

/** Settles statements into a timeline: the changes between what is stored and what follows from everything said. Pure but for ids. */
export function settled(existing: Timeline, incoming: readonly Said[], parts: SettleParts, now: number): Settled {
  const withdrawn = existing.withdrawn ?? new Set();
  const byId = new Map<string, Said>();
  for (const said of [...existing.notes.flatMap(saidBy), ...incoming]) {
    if (!byId.has(said.id) && !withdrawn.has(said.id)) byId.set(said.id, said);
  }
  const all = [...byId.values()];
  const runs = timeline(all) as readonly SaidRun[];
  const { noteOfRun, isNew } = assigned(runs, existing, parts, now);
  const changes: Change[] = [];
  const notes: Note[] = [];
  const noteOf = new Map<string, NoteId>();
  for (const run of runs) {
    const note = noteOfRun.get(run);
    if (note === undefined) continue;
    for (const { id } of run.statements) noteOf.set(id, note.id);
    const wanted = asRunSays(note, run, noteOfRun, now);
    const made = isNew.has(note.id) ? added(wanted, parts) : updated(note, wanted, parts, now);
    changes.push(...made);
    notes.push(made.some(({ kind }) => kind === 'note-revised') ? { ...wanted, version: note.version + 1 } : wanted);
  }
  changes.sort((one, other) => rank(one) - rank(other));
  for (const note of existing.notes) {
    if (notes.some(({ id }) => id === note.id)) continue;
    const { change, wanted } = redundant(note, noteOf, now);
    changes.push(...change);
    if (wanted.state === 'active') notes.push(wanted);
  }
  const { linkChanges, links } = disputes(existing, runs, noteOfRun, parts, now);
  return { changes: [...changes, ...linkChanges], notes, links, noteOf };
}

interface SaidRun extends Run {
  readonly statements: readonly Said[];
  readonly closedBy: SaidRun | null;
  readonly disputes: ReadonlySet<SaidRun>;
}

/** What a stored claim says was said. A given fact is one statement; a derived one keeps its statements in its metadata. */
export function saidBy(note: Note): readonly Said[] {
  const { claim } = note;
  if (claim === null) return [];
  const kept = note.origin === 'derived' ? keptIn(note.metadata) : [];
  if (kept.length === 0) {
    const at = note.validAt ?? note.createdAt;
    const until = note.supersededBy === null && note.origin !== 'derived' ? note.invalidAt : null;
    const isGiven = note.origin !== 'derived';
    const given = { series: isGiven ? givenSeries : null, isCorrection: false, isGiven };
    const episodeId = note.sources[0] ?? null;
    return [{ id: note.id, claim, at, until, sequence: note.id, trust: note.trust, episodeId, ...given }];
  }
  return kept.map((one) => ({ ...one, claim, until: null, trust: note.trust, isGiven: false }));
}

type Kept = Pick<Said, 'id' | 'at' | 'series' | 'sequence' | 'isCorrection' | 'episodeId'>;

function keptIn(metadata: Metadata): readonly Kept[] {
  const { said } = metadata;
  if (!Array.isArray(said)) return [];
  return said.flatMap((line): Kept[] => {
    if (!Array.isArray(line)) return [];
    const [id, at, series, sequence, isCorrection, episodeId] = line;
    if (typeof id !== 'string' || typeof at !== 'number' || typeof sequence !== 'string') return [];
    return [
      {
        id,
        at,
        series: typeof series === 'string' ? series : null,
        sequence,
        isCorrection: isCorrection === true,
        episodeId: typeof episodeId === 'string' ? (episodeId as EpisodeId) : null,
      },
    ];
  });
}

function metadataOf(statements: readonly Said[]): Metadata {
  const half = limits.claimStatements / 2;
  const kept =
    statements.length <= limits.claimStatements
      ? statements
      : [...statements.slice(0, half), ...statements.slice(-half)];
  return {
    said: kept.map(({ id, at, series, sequence, isCorrection, episodeId }) => [
      id,
      at,
      series,
      sequence,
      isCorrection,
      episodeId,
    ]),
  };
}

/** Which note holds which run: the stored one with the earliest of its statements, else a new one. */
function assigned(runs: readonly SaidRun[], existing: Timeline, parts: SettleParts, now: number) {
  const holder = new Map<string, Note>();
  for (const note of existing.notes) {
    for (const { id } of saidBy(note)) if (!holder.has(id)) holder.set(id, note);
  }
  const noteOfRun = new Map<Run, Note>();
  const isNew = new Set<NoteId>();
  const taken = new Set<NoteId>();
  for (const run of runs) {
    const held = run.statements.flatMap(({ id }) => holder.get(id) ?? []).find(({ id }) => !taken.has(id));
    const note = held ?? newClaimNote(existing.scope, run, parts, now);
    if (held === undefined) isNew.add(note.id);
    taken.add(note.id);
    noteOfRun.set(run, note);
  }
  return { noteOfRun, isNew };
}

const ordinaryImportance = 0.5;

function newClaimNote(scope: Scope, run: SaidRun, parts: SettleParts, now: number): Note {
  const [first] = run.statements as readonly [Said];
  const origin: Origin = first.isGiven ? 'user' : 'derived';
  return {
    id: first.givenAs ?? parts.ids.noteId(),
    scope,
    kind: 'semantic',
    text: claimText(first.claim),
    tags: [],
    derived: null,
    derivation: 0,
    claim: first.claim,
    summary: null,
    sources: [],
    version: 1,
    state: 'active',
    stateReason: null,
    isPinned: false,
    expiresAt: null,
    origin,
    trust: first.trust,
    importance: ordinaryImportance,
    retention: initialRetention(parts.curve, now, ordinaryImportance),
    validAt: first.at,
    invalidAt: null,
    createdAt: now,
    revisedAt: now,
    expiredAt: null,
    supersededBy: null,
    metadata: {},
  };
}

function asRunSays(note: Note, run: SaidRun, noteOfRun: ReadonlyMap<Run, Note>, now: number): Note {
  const by = run.closedBy === null ? null : (noteOfRun.get(run.closedBy)?.id ?? null);
  const episodes = run.statements.flatMap(({ episodeId }) => episodeId ?? []);
  const isDerived = note.origin === 'derived';
  return {
    ...note,
    sources: [...new Set([...note.sources, ...episodes])],
    validAt: isDerived ? run.from : note.validAt,
    invalidAt: run.until,
    supersededBy: by,
    expiredAt: by === null ? null : (note.expiredAt ?? now),
    metadata: isDerived ? metadataOf(run.statements) : note.metadata,
  };
}

function added(note: Note, { analyzer }: SettleParts): Change[] {
  const { supersededBy, ...rest } = note;
  const keys = analyzer.keys({ text: note.text, context: null, place: null, eventAt: null });
  const fresh: Note = {
    ...rest,
    invalidAt: supersededBy === null ? note.invalidAt : null,
    expiredAt: null,
    supersededBy: null,
  };
  return [
    { kind: 'note-added', note: fresh, keys },
    // Its successor may be added after it.
    ...(supersededBy === null ? [] : [superseded(note, note.createdAt)]),
  ];
}

function updated(note: Note, wanted: Note, { analyzer }: SettleParts, now: number): Change[] {
  const changes: Change[] = [];
  if (note.validAt !== wanted.validAt || JSON.stringify(note.metadata) !== JSON.stringify(wanted.metadata)) {
    const keys = analyzer.keys({ text: note.text, context: null, place: null, eventAt: null });
    changes.push({
      kind: 'note-revised',
      noteId: note.id,
      expectedVersion: note.version,
      revision: { validAt: wanted.validAt, metadata: wanted.metadata },
      keys,
      cause: 'claims: said again',
      at: now,
    });
  }
  const sources = wanted.sources.filter((id) => !note.sources.includes(id));
  if (sources.length > 0) changes.push({ kind: 'note-supported', noteId: note.id, sources, at: now });
  if (note.supersededBy !== wanted.supersededBy || note.invalidAt !== wanted.invalidAt) {
    changes.push(superseded(wanted, now));
  }
  return changes;
}

function superseded(note: Note, at: number): Change {
  return { kind: 'note-superseded', noteId: note.id, by: note.supersededBy, invalidAt: note.invalidAt, at };
}

/** Everything is added before anything points at it. */
function rank({ kind }: Change): number {
  return kind === 'note-added' ? 0 : kind === 'note-superseded' ? 2 : 1;
}

/** A note all of whose statements another one holds by now, or nobody makes any more. */
function redundant(note: Note, noteOf: ReadonlyMap<string, NoteId>, now: number): { change: Change[]; wanted: Note } {
  const by = saidBy(note).flatMap(({ id }) => noteOf.get(id) ?? [])[0];
  if (by === undefined) {
    const reason = 'What it rested on no longer says so.';
    const wanted: Note = { ...note, state: 'invalidated', stateReason: reason };
    return { change: [{ kind: 'note-state-set', noteId: note.id, state: 'invalidated', reason, at: now }], wanted };
  }
  const wanted: Note = { ...note, supersededBy: by, invalidAt: note.validAt, expiredAt: note.expiredAt ?? now };
  const isSame = note.supersededBy === by && note.invalidAt === note.validAt;
  return { change: isSame ? [] : [superseded(wanted, now)], wanted };
}

function disputes(
  existing: Timeline,
  runs: readonly SaidRun[],
  noteOfRun: ReadonlyMap<Run, Note>,
  parts: SettleParts,
  now: number,
): { readonly linkChanges: readonly Change[]; readonly links: readonly Link[] } {
  const wanted = new Map<string, { from: NoteId; to: NoteId }>();
  for (const run of runs) {
    for (const other of run.disputes) {
      const [from, to] = [noteOfRun.get(run)?.id, noteOfRun.get(other)?.id].sort();
      if (from !== undefined && to !== undefined) wanted.set(`${from}\n${to}`, { from, to });
    }
  }
  const links: Link[] = [];
  const linkChanges: Change[] = [];
  for (const link of existing.links) {
    const key = [link.from, link.to].sort().join('\n');
    if (wanted.delete(key)) links.push(link);
    else linkChanges.push({ kind: 'link-removed', linkId: link.id });
  }
  for (const { from, to } of wanted.values()) {
    const reason = 'They say otherwise of the same time.';
    const link: Link = {
      id: parts.ids.linkId(),
      scope: existing.scope,
      from,
      to,
      type: 'contradicts',
      weight: 1,
      reason,
      createdAt: now,
    };
    links.push(link);
    linkChanges.push({ kind: 'link-set', link });
  }
  return { linkChanges, links };
}
