import { isEcphoryError } from '../memory/errors.ts';
import type { Clock, IdSource, JobId } from '../memory/ids.ts';
import type { Job, Pass } from '../memory/job.ts';
import { limits } from '../memory/limits.ts';
import { readScope, type Scope, scopeKey, type Tenant } from '../memory/scope.ts';
import type { Store } from '../memory/store.ts';
import { concernsConsolidation, dispatchCursor } from './dispatcher.ts';

/**
 * When which passes run by themselves:
 *
 *   on a write           notes, links, evolution, claims      jobs of origin `feed` (dispatcher.ts)
 *   a conversation ended merges, summaries                    after `limits.sleepIdleMs` without a new message in the scope
 *   every night          links, claims, merges, summaries,    once for each scope that has something to do
 *                        forgetting
 *
 * At most one such job is under way, so that one lane is always free for what was just written; tenants take turns. Nights
 * are counted in the store: one that was missed is made up for once, however many were. A night ends when every scope has had
 * its turn or its time is over; those left are the first of the next.
 */
export interface SleepSchedule {
  /** A message was stored. `at`: milliseconds since 1970. */
  saw(scope: Scope, at: number): void;
  /** Queues the next job whose time has come. Gives when to look again, milliseconds since 1970; null when a job's end says so. */
  queueDue(): Promise<number | null>;
}

export interface SleepSettings {
  /** When a night begins, milliseconds after midnight UTC. */
  readonly nightAtMs: number;
}

export interface SleepScheduleParts extends SleepSettings {
  readonly store: Pick<Store, 'scopes' | 'expired' | 'feed' | 'feedOfEveryTenant' | 'cursor' | 'apply' | 'jobs'> & {
    readonly policies: Pick<Store['policies'], 'effective'>;
  };
  readonly ids: Pick<IdSource, 'jobId'>;
  readonly clock: Clock;
}

const idlePasses: readonly Pass[] = ['merges', 'summaries'];
const nightPasses: readonly Pass[] = ['links', 'claims', 'merges', 'summaries', 'forgetting'];

interface Talk {
  readonly scope: Scope;
  readonly firstAt: number;
  readonly lastAt: number;
}

interface Night {
  readonly ordinal: number;
  /** How far the feed had been read when it began. */
  readonly position: number;
  readonly endsAt: number;
  /** In the order of their turns, the next one first. */
  readonly scopes: Scope[];
  /** Keys of scopes in which the time of some note has run out. */
  readonly expiring: ReadonlySet<string>;
}

export function newSleepSchedule({ store, ids, clock, nightAtMs }: SleepScheduleParts): SleepSchedule {
  const talks = new Map<string, Talk>();
  /** When each tenant last had a turn, counted. */
  const turns = new Map<Tenant, number>();
  let turn = 0;
  let underWay: { readonly tenant: Tenant; readonly id: JobId } | null = null;
  /** The last night that is over; null until the store was asked, 0 while there was none. */
  let lastNight: number | null = null;
  /** How far the feed had been read when it began. */
  let lastPosition = 0;
  let night: Night | null = null;
  let left: readonly Scope[] = [];
  let isRemembered = false;

  return {
    saw,
    async queueDue() {
      if (!isRemembered) await rememberTalks();
      isRemembered = true;
      if (await isUnderWay()) return null;
      const now = clock();
      const talk = endedTalk(now);
      if (talk !== null) {
        talks.delete(scopeKey(readScope(talk.scope)));
        await queue(talk.scope, idlePasses);
        return null;
      }
      const scope = await nextOfNight(now);
      if (scope !== null) {
        await queue(scope, nightPasses);
        return null;
      }
      return Math.min(beginOf(nightOf(now) + 1), ...[...talks.values()].map(endOf));
    },
  };

  function saw(scope: Scope, at: number): void {
    const key = scopeKey(readScope(scope));
    const found = talks.get(key);
    if (found === undefined && talks.size >= limits.sleepScopes) return;
    talks.set(key, { scope, firstAt: Math.min(found?.firstAt ?? at, at), lastAt: Math.max(found?.lastAt ?? at, at) });
  }

  /**
   * What was said since the last night and read before this process began: it may have ended before its passes ran. Where they
   * had run, they plan nothing.
   */
  async function rememberTalks(): Promise<void> {
    const until = await store.cursor(dispatchCursor);
    for (let position = await store.cursor(positionCursor); position < until; ) {
      const entries = await store.feedOfEveryTenant(position, limits.consolidationFeedPage);
      const last = entries.at(-1);
      if (last === undefined) return;
      for (const { kind, scope, at } of entries) if (kind === 'episode-added') saw(scope, at);
      position = last.sequence;
    }
  }

  async function isUnderWay(): Promise<boolean> {
    if (underWay === null) return false;
    const job = await store.jobs.job(underWay.tenant, underWay.id);
    // One that waits for its next try does not hold up the others.
    const isGoingOn = job !== null && (job.state === 'running' || (job.state === 'queued' && job.attempts === 0));
    if (!isGoingOn) underWay = null;
    return isGoingOn;
  }

  function endedTalk(now: number): Talk | null {
    const ended = [...talks.values()].filter((talk) => endOf(talk) <= now);
    ended.sort((left, right) => turnOf(left.scope) - turnOf(right.scope) || endOf(left) - endOf(right));
    return ended[0] ?? null;
  }

  function turnOf({ tenant }: Scope): number {
    return turns.get(tenant) ?? 0;
  }

  /** The next scope of the present night that has something to do; null when the night is over, or has not begun. */
  async function nextOfNight(now: number): Promise<Scope | null> {
    const ordinal = nightOf(now);
    if (lastNight === null) {
      lastPosition = await store.cursor(positionCursor);
      lastNight = await store.cursor(nightCursor);
    }
    if (lastNight === 0) {
      // The first night of a new store is the next one.
      const [first] = await store.scopes();
      if (first !== undefined) await advance(first, { ordinal, position: 0 });
      return null;
    }
    if (lastNight >= ordinal) return null;
    night ??= await begin(ordinal, now);
    while (now < night.endsAt) {
      const scope = night.scopes.shift();
      if (scope === undefined) break;
      if (await hasToDo(scope, night)) return scope;
    }
    left = night.scopes;
    const [any] = left.length > 0 ? left : await store.scopes();
    const ended = night;
    night = null;
    if (any !== undefined) await advance(any, ended);
    return null;
  }

  async function begin(ordinal: number, now: number): Promise<Night> {
    const scopes = await store.scopes();
    const expired = await store.expired(now, limits.sleepExpired);
    const first = new Set(left.map((scope) => scopeKey(readScope(scope))));
    const others = scopes.filter((scope) => !first.has(scopeKey(readScope(scope))));
    return {
      ordinal,
      position: await store.cursor(dispatchCursor),
      endsAt: now + limits.sleepNightMs,
      scopes: [...inTurns(left), ...inTurns(others)],
      expiring: new Set(expired.map(({ note }) => scopeKey(readScope(note.scope)))),
    };
  }

  /** Where nothing was written since the last night and nothing is forgotten, one night a week is enough. */
  async function hasToDo(scope: Scope, { ordinal, expiring }: Night): Promise<boolean> {
    const read = readScope(scope);
    if (ordinal % 7 === 0 || expiring.has(scopeKey(read))) return true;
    if ((await store.policies.effective(scope)).isForgetting) return true;
    const entries = await store.feed(read, lastPosition, limits.consolidationFeedPage);
    return entries.length === limits.consolidationFeedPage || entries.some(({ kind }) => concernsConsolidation(kind));
  }

  /** Says that a night is over, unless another has said so. */
  async function advance(scope: Scope, to: Pick<Night, 'ordinal' | 'position'>): Promise<void> {
    const from = lastNight ?? 0;
    try {
      await store.apply(scope, [
        { kind: 'cursor-advanced', name: nightCursor, from, to: to.ordinal },
        { kind: 'cursor-advanced', name: positionCursor, from: lastPosition, to: to.position },
      ]);
      lastNight = to.ordinal;
      lastPosition = to.position;
    } catch (error) {
      if (!isEcphoryError(error) || error.code !== 'stale') throw error;
      lastNight = null;
    }
  }

  async function queue(scope: Scope, chosen: readonly Pass[]): Promise<void> {
    const now = clock();
    turn += 1;
    turns.set(scope.tenant, turn);
    const job = scheduledJob(scope, chosen, { id: ids.jobId(), now });
    await store.jobs.enqueue(job);
    underWay = { tenant: scope.tenant, id: job.id };
  }

  function nightOf(at: number): number {
    return Math.floor((at - nightAtMs) / dayMs);
  }

  function beginOf(ordinal: number): number {
    return ordinal * dayMs + nightAtMs;
  }
}

const nightCursor = 'nights';
const positionCursor = 'nights-feed';
const dayMs = 86_400_000;

function endOf({ firstAt, lastAt }: Talk): number {
  return Math.min(lastAt + limits.sleepIdleMs, firstAt + limits.sleepIdleMsMax);
}

/** The first scope of each tenant, then the second of each: a tenant with ten thousand does not keep the others waiting. */
export function inTurns(scopes: readonly Scope[]): Scope[] {
  const counts = new Map<Tenant, number>();
  const rounds: Scope[][] = [];
  for (const scope of scopes) {
    const round = counts.get(scope.tenant) ?? 0;
    counts.set(scope.tenant, round + 1);
    const others = rounds[round];
    if (others === undefined) rounds.push([scope]);
    else others.push(scope);
  }
  return rounds.flat();
}

function scheduledJob(
  scope: Scope,
  chosen: readonly Pass[],
  { id, now }: { readonly id: JobId; readonly now: number },
): Job {
  return {
    id,
    scope,
    passes: chosen,
    origin: 'schedule',
    isDryRun: false,
    state: 'queued',
    attempts: 0,
    runAfter: now,
    createdAt: now,
    updatedAt: now,
    progress: { done: 0, total: 0 },
    result: null,
    error: null,
  };
}
