import { summarisedRows } from './consolidation/plan-summaries.ts';
import { summaryHash } from './consolidation/summary-notes.ts';
import {
  curveNamed,
  type ForgettingCurve,
  fsrs,
  heldStability,
  replayed,
  retrievability,
} from './memory/forgetting.ts';
import type { NoteId } from './memory/ids.ts';
import { limits } from './memory/limits.ts';
import { parseReadScope, type ReadScope, readScope, type Scope, scopeKey, type Tenant } from './memory/scope.ts';
import type { MemoryService } from './memory/service.ts';
import type { NoteUse, StoreStats, WorkingRow } from './memory/store.ts';
import type { Stats } from './memory/upkeep.ts';
import type { ServiceParts } from './service-parts.ts';

type StatsParts = Pick<ServiceParts, 'store' | 'clock'>;

/**
 * What a namespace holds. Counts come from indexes; duplicates, stale summaries and retrievability from a walk over the rows,
 * a few at a time, so that other requests come in between. An answer is given again for a while: until something is written
 * and at most `limits.statsKeptMs`, and several who ask at once wait for one walk.
 */
export function newStats({ store, clock }: StatsParts): (tenant: Tenant) => Pick<MemoryService, 'stats'> {
  const kept = new Map<string, Kept>();

  return (tenant) => ({ stats: (namespace) => stats(parseReadScope(tenant, namespace), namespace) });

  async function stats(read: ReadScope, namespace: string): Promise<Stats> {
    const key = scopeKey(read);
    const head = await store.head(read);
    const found = kept.get(key);
    if (found !== undefined && found.head === head && clock() - found.at < limits.statsKeptMs) return found.answer;
    const answer = walked(read, namespace);
    kept.delete(key);
    kept.set(key, { head, at: clock(), answer });
    for (const oldest of kept.keys()) {
      if (kept.size <= limits.statsKept) break;
      kept.delete(oldest);
    }
    answer.catch(() => kept.delete(key));
    return answer;
  }

  async function walked(read: ReadScope, namespace: string): Promise<Stats> {
    const counted = await store.stats(read);
    const seen = await walk(read);
    const summaries = await store.summaries(read, { levels: ['session', 'day'], limit: limits.consolidationIds });
    const { growth, states, ...others } = counted;
    return {
      namespace,
      memories: states,
      ...others,
      duplicates: await duplicatesIn(read.tenant, seen.alike),
      stale: summaries.filter(({ note }) => isStale(note.scope, note.summary, seen)).length,
      growth: daysOf(growth),
      retention: seen.retention,
    };
  }

  async function walk(read: ReadScope): Promise<Seen> {
    const seen: Seen = { retention: Array.from({ length: bins }, () => 0), alike: [], topics: new Map() };
    const first = new Map<string, NoteId[]>();
    const curves = new Map<string, ForgettingCurve | null>();
    const now = clock();
    let rows = 0;
    for (let after = 0; rows < limits.statsRows; ) {
      const page = await store.workingRows(read, after, limits.statsPage);
      const last = page.at(-1);
      if (last === undefined) break;
      after = last.order;
      rows += page.length;
      const uses = await usesOf(read.tenant, page, curves);
      for (const row of page) {
        keepTopic(seen.topics, row);
        if (row.state !== 'active') continue;
        const curve = await curveOf(row.scope, curves);
        const now01 = curve === null ? 1 : retrievability(curve, strengthOf(curve, row, uses.get(row.id) ?? []), now);
        const bin = Math.min(bins - 1, Math.floor(now01 * bins));
        seen.retention[bin] = (seen.retention[bin] ?? 0) + 1;
        keepAlike(first, row);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    seen.alike.push(...[...first.values()].filter(({ length }) => length > 1));
    return seen;
  }

  async function curveOf(scope: Scope, curves: Map<string, ForgettingCurve | null>): Promise<ForgettingCurve | null> {
    const key = scopeKey(readScope(scope));
    const known = curves.get(key);
    if (known !== undefined) return known;
    const curve = curveNamed((await store.policies.effective(scope)).curve);
    curves.set(key, curve);
    return curve;
  }

  /** Retentions are stored as FSRS makes them; another curve reads the log itself. */
  async function usesOf(
    tenant: Tenant,
    page: readonly WorkingRow[],
    curves: Map<string, ForgettingCurve | null>,
  ): Promise<ReadonlyMap<NoteId, readonly NoteUse[]>> {
    const wanted: NoteId[] = [];
    for (const { id, scope, accesses } of page) {
      if (accesses === null) continue;
      const curve = await curveOf(scope, curves);
      if (curve !== null && curve !== fsrs) wanted.push(id);
    }
    return wanted.length === 0 ? new Map() : store.uses(tenant, wanted);
  }

  /** Notes that may say the same by their keys are read, and counted where they do. */
  async function duplicatesIn(tenant: Tenant, alike: readonly (readonly NoteId[])[]): Promise<Stats['duplicates']> {
    const said = new Map<string, number>();
    for (const ids of alike) {
      for (let start = 0; start < ids.length; start += limits.statsPage) {
        for (const { note } of await store.notes(tenant, ids.slice(start, start + limits.statsPage))) {
          const key = `${scopeKey(readScope(note.scope))}\n${note.text
            .normalize('NFKC')
            .toLowerCase()
            .replace(/[^\p{L}\p{N}?]+/gu, ' ')
            .trim()}`;
          said.set(key, (said.get(key) ?? 0) + 1);
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const counts = [...said.values()].filter((count) => count > 1);
    return { groups: counts.length, memories: counts.reduce((sum, count) => sum + count - 1, 0) };
  }
}

interface Kept {
  readonly head: number;
  readonly at: number;
  readonly answer: Promise<Stats>;
}

interface Seen {
  /** Active memories by retrievability. */
  readonly retention: number[];
  /** Ids of active memories whose keys are the same. */
  readonly alike: (readonly NoteId[])[];
  /** Rows by what a summary may be of. */
  readonly topics: Map<string, TopicRow[]>;
}

type TopicRow = Pick<WorkingRow, 'id' | 'version' | 'state' | 'eventAt' | 'order'>;

const bins = 10;

function keepTopic(topics: Map<string, TopicRow[]>, row: WorkingRow): void {
  if (row.kind !== 'episodic') return;
  const { id, version, state, eventAt, order } = row;
  const day = new Date(eventAt).toISOString().slice(0, 10);
  for (const topic of [`day ${day}`, ...(row.sessionId === null ? [] : [`session ${row.sessionId}`])]) {
    const key = topicKey(row.scope, topic);
    const found = topics.get(key);
    const kept = { id, version, state, eventAt, order };
    if (found === undefined) topics.set(key, [kept]);
    else found.push(kept);
  }
}

function topicKey(scope: Scope, topic: string): string {
  return `${scopeKey(readScope(scope))}\n${topic}`;
}

function keepAlike(first: Map<string, NoteId[]>, { id, scope, keys }: WorkingRow): void {
  const key = `${scopeKey(readScope(scope))}\n${keys.words}\n${keys.passages.map((passage) => passage.join(' ')).join('\n')}`;
  const found = first.get(key);
  if (found === undefined) first.set(key, [id]);
  else found.push(id);
}

function isStale(
  scope: Scope,
  summary: { readonly level: string; readonly key: string; readonly sourceHash: string } | null,
  { topics }: Seen,
): boolean {
  if (summary === null) return false;
  const rows = topics.get(topicKey(scope, `${summary.level} ${summary.key}`)) ?? [];
  return summaryHash(summarisedRows(rows)) !== summary.sourceHash;
}

function strengthOf(curve: ForgettingCurve, row: WorkingRow, newestFirst: readonly NoteUse[]) {
  const { createdAt, lastUsedAt, stability, importance } = row;
  if (curve !== fsrs) return replayed(curve, { at: createdAt, importance }, newestFirst.toReversed());
  return { lastUsedAt, stability: heldStability({ stability, isUsed: row.accesses !== null }, importance) };
}

function daysOf(growth: StoreStats['growth']): Stats['growth'] {
  return growth.map(({ day, added }) => ({ day: new Date(day).toISOString().slice(0, 10), added }));
}
