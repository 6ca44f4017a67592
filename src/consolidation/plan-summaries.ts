import type { Change } from '../memory/change.ts';
import type { NoteId } from '../memory/ids.ts';
import { limits } from '../memory/limits.ts';
import type { NoteState } from '../memory/note.ts';
import { readScope, type Scope } from '../memory/scope.ts';
import type { Store, StoredNote, WorkingRow } from '../memory/store.ts';
import type { SummaryLevel } from '../memory/summary.ts';
import type { WriteSummary } from './model/summary-writer.ts';
import type { ScopePass, ScopePassParts } from './plan.ts';
import { segmentStarts } from './segments.ts';
import { extractedSummary, type SummaryText, type SummaryTopic, summaryAdded, summaryHash } from './summary-notes.ts';

export interface SummaryParts extends Omit<ScopePassParts, 'store' | 'policy' | 'runId'> {
  readonly store: Pick<Store, 'workingRows' | 'notes' | 'summaries' | 'derivedFrom'>;
  /** Writes a summary with a model; null of it leaves the topic to the rules. Rejects when the model does not answer. */
  readonly write?: ((topic: SummaryTopic) => Promise<SummaryText | null>) | null;
}

/** The pass as the worker runs it. Without a model `write` is null. */
export function newSummaryPass(write: WriteSummary | null): ScopePass {
  return (scope, parts) => {
    const { runId = null } = parts;
    if (write === null || runId === null) return planSummaries(scope, parts);
    return planSummaries(scope, { ...parts, write: async (topic) => write(scope, await runId(), topic) });
  };
}

/**
 * Summaries of the sessions that have ended, of their segments, and of days on which there was more than one: what should
 * be, less what is. One is made anew when a turn of it was revised, came, went or was erased; the one before is invalidated.
 * Planned and applied it plans nothing more; what is over `limits.summariesPerRun` is left for the next run.
 *
 * What a person took back is made again when something new is said in it, or someone asks.
 * What forgetting archives stays in them: that is what they are for. What is no longer true or held back does not.
 * The note of a whole session is planned after those of its segments: while it is missing, its segments are looked at again.
 *
 * Cost: one walk over the rows of the scope, and the notes of what is not as it should be.
 */
export async function planSummaries(scope: Scope, parts: SummaryParts): Promise<readonly Change[]> {
  const groups = await groupedRows(scope, parts);
  const changes: Change[] = [];
  let asked = 0;
  let planned = 0;
  for (let start = 0; start < groups.length; start += limits.summaryKeysPage) {
    const due = await outdated(scope, groups.slice(start, start + limits.summaryKeysPage), parts);
    for (const group of due) {
      if (planned >= limits.summariesPerRun) return changes;
      const made = await planGroup(group);
      if (made.length > 0) planned += 1;
      changes.push(...made);
    }
  }
  return changes;

  async function planGroup(group: Group): Promise<readonly Change[]> {
    const turns = await parts.store.notes(
      scope.tenant,
      group.rows.map(({ id }) => id),
    );
    await parts.breathe();
    if (group.isWorthIt && isTakenBack(turns, parts)) return [];
    const wanted = topicsOf(group, turns, parts);
    const held = await heldSummaries(scope, group, turns, parts);
    const isWanted = new Set(wanted.map(identity));
    const kept = new Set<string>();
    const made: Change[] = [];
    for (const { note } of held) {
      const of = note.summary === null ? '' : `${note.summary.level} ${note.summary.key} ${note.summary.sourceHash}`;
      if (isWanted.has(of) && !kept.has(of)) kept.add(of);
      else made.push(invalidated(note.id, isWanted.size === 0 ? 'nothing left to summarise' : 'made anew', parts.now));
    }
    for (const topic of wanted) {
      if (kept.has(identity(topic))) continue;
      const text = (await written(topic)) ?? extractedSummary(topic, parts.analyzer);
      if (text !== null) made.push(summaryAdded(topic, text, { ...parts, scope }));
    }
    return made;
  }

  async function written(topic: SummaryTopic): Promise<SummaryText | null> {
    if (parts.write == null || topic.level === 'segment' || asked >= limits.summariesByModelPerRun) return null;
    asked += 1;
    return parts.write(topic);
  }
}

/** A session or a day. */
interface Group {
  readonly level: Extract<SummaryLevel, 'session' | 'day'>;
  readonly key: string;
  /** Those a summary may rest on, in the order in which they happened. */
  readonly rows: readonly WorkingRow[];
  /** Whether it is to have a summary. */
  readonly isWorthIt: boolean;
}

/** Told apart from another topic, and from itself with other sources. */
function identity({ level, key, turns }: SummaryTopic): string {
  return `${level} ${key} ${summaryHash(turns.map(({ note }) => note))}`;
}

const summarised: readonly NoteState[] = ['active', 'archived'];
const dayMs = 86_400_000;

/** Every session and day that has ended, also those of which nothing is left to summarise. By first appearance. */
async function groupedRows(scope: Scope, { store, now, isAsked, breathe }: SummaryParts): Promise<readonly Group[]> {
  const sessions = new Map<string, WorkingRow[]>();
  const days = new Map<string, WorkingRow[]>();
  for (let after = 0; ; ) {
    const rows = await store.workingRows(readScope(scope), after, limits.scopeViewPage);
    for (const row of rows) {
      if (row.kind !== 'episodic') continue;
      if (row.sessionId !== null) push(sessions, row.sessionId, row);
      push(days, new Date(row.eventAt).toISOString().slice(0, 10), row);
    }
    await breathe();
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.order;
  }
  const groups = [
    ...[...sessions].map(([key, rows]) => groupOf('session', key, rows)),
    ...[...days].map(([key, rows]) => groupOf('day', key, rows)),
  ];
  return isAsked ? groups.map(({ group }) => group) : groups.filter(hasEnded).map(({ group }) => group);

  function hasEnded({ group, storedAt }: { readonly group: Group; readonly storedAt: number }): boolean {
    const dayEnd = group.level === 'day' ? Date.parse(group.key) + dayMs : 0;
    return Math.max(storedAt, dayEnd) + limits.summaryIdleMs <= now;
  }
}

function groupOf(level: Group['level'], key: string, all: readonly WorkingRow[]) {
  const rows = summarisedRows(all);
  // A day with one session is that session.
  const isOneSession =
    level === 'day' && rows[0]?.sessionId != null && rows.every((row) => row.sessionId === rows[0]?.sessionId);
  const isWorthIt = rows.length >= limits.summaryTurnsMin && !isOneSession;
  let storedAt = 0;
  for (const { createdAt } of all) storedAt = Math.max(storedAt, createdAt);
  return { group: { level, key, rows, isWorthIt }, storedAt };
}

/** What a summary of a session or a day is made from: `summaryHash` of them says whether one still holds. */
export function summarisedRows<Row extends Pick<WorkingRow, 'state' | 'eventAt' | 'order'>>(
  all: readonly Row[],
): readonly Row[] {
  return all
    .filter(({ state }) => summarised.includes(state))
    .sort((one, other) => one.eventAt - other.eventAt || one.order - other.order)
    .slice(0, limits.summaryTurns);
}

/** Those whose summary is not there, is of other sources, or should not be. */
async function outdated(
  scope: Scope,
  groups: readonly Group[],
  { store }: Pick<SummaryParts, 'store'>,
): Promise<readonly Group[]> {
  const held = new Map<string, Set<string>>();
  for (const level of ['session', 'day'] as const) {
    const keys = groups.filter((group) => group.level === level).map(({ key }) => key);
    if (keys.length === 0) continue;
    const query = { levels: [level], keys, limit: 2 * limits.summaryKeysPage };
    for (const { note } of await store.summaries(readScope(scope), query)) {
      if (note.summary === null) continue;
      const at = `${level} ${note.summary.key}`;
      held.set(at, (held.get(at) ?? new Set()).add(note.summary.sourceHash));
    }
  }
  return groups.filter(({ level, key, rows, isWorthIt }) => {
    const hashes = held.get(`${level} ${key}`) ?? new Set();
    return isWorthIt ? hashes.size !== 1 || !hashes.has(summaryHash(rows)) : hashes.size > 0;
  });
}

/** What a group is to have: for a session of several segments first one of each, then that of all. */
function topicsOf(group: Group, turns: readonly StoredNote[], { analyzer }: SummaryParts): readonly SummaryTopic[] {
  if (!group.isWorthIt) return [];
  const whole: SummaryTopic = { level: group.level, key: group.key, turns };
  if (group.level === 'day') return [whole];
  const starts = segmentStarts(
    turns.map(({ note, episode }) => ({
      stems: analyzer.stems(note.text),
      vector: null,
      at: episode?.eventAt ?? note.createdAt,
    })),
  );
  if (starts.length === 1) return [whole];
  const segments = starts.map((from, index): SummaryTopic => {
    const own = turns.slice(from, starts[index + 1]);
    return { level: 'segment', key: `${group.key} ${own[0]?.episode?.id ?? ''}`, turns: own };
  });
  return [...segments, whole];
}

/** The active summaries of a group and of its segments, whatever they rest on by now. */
async function heldSummaries(
  scope: Scope,
  group: Group,
  turns: readonly StoredNote[],
  { store }: SummaryParts,
): Promise<readonly StoredNote[]> {
  const query = { levels: [group.level], keys: [group.key], limit: limits.summaryKeysPage };
  const own = await store.summaries(readScope(scope), query);
  if (group.level === 'day') return own;
  const sources = new Set([...turns, ...own].flatMap(({ note }) => note.sources));
  const derived = await store.derivedFrom(scope.tenant, [...sources]);
  const segments = derived.filter(
    ({ note }) =>
      note.state === 'active' &&
      note.scope.namespace === scope.namespace &&
      note.summary?.level === 'segment' &&
      note.summary.key.startsWith(`${group.key} `),
  );
  return [...segments, ...own];
}

function isTakenBack(turns: readonly StoredNote[], { isAsked, takenBackAt }: SummaryParts): boolean {
  return !isAsked && takenBackAt !== null && turns.every(({ note }) => note.revisedAt <= takenBackAt);
}

function invalidated(noteId: NoteId, reason: string, at: number): Change {
  return { kind: 'note-state-set', noteId, state: 'invalidated', reason, at };
}

function push<Item>(groups: Map<string, Item[]>, key: string, item: Item): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [item]);
  else group.push(item);
}
