import type { Note, NoteKind, NoteState } from '../memory/note.ts';
import { defaultPolicy, type PolicyStore } from '../memory/policy.ts';
import { covers, type Scope } from '../memory/scope.ts';
import type { Store, StoredNote, StoreStats } from '../memory/store.ts';
import { summaryLevels } from '../memory/summary.ts';
import { compareText, episodeOf, frozenCopy, type NoteRecord, recordsIn, type State } from './in-memory-state.ts';

type UpkeepReads = Pick<Store, 'uses' | 'summaries' | 'expired' | 'scopes' | 'stats'>;

const dayMs = 86_400_000;
const growthDays = 30;

/** What forgetting, summaries and their schedule ask. `assertOpen` throws once the store is closed. */
export function newUpkeepReads(state: State, assertOpen: () => void): UpkeepReads {
  return {
    async uses(tenant, ids) {
      assertOpen();
      const records = ids.flatMap((id) => state.notes.get(id) ?? []);
      return new Map(
        records
          .filter(({ note, uses }) => note.scope.tenant === tenant && uses.length > 0)
          .map(({ note, uses }) => [note.id, uses]),
      );
    },

    async summaries(read, { levels, keys, limit }) {
      assertOpen();
      return recordsIn(state, read)
        .filter(({ note: { summary, state: is } }) => {
          if (summary === null || is !== 'active') return false;
          return (levels?.includes(summary.level) ?? true) && (keys?.includes(summary.key) ?? true);
        })
        .sort((left, right) => bySummary(left.note, right.note))
        .slice(0, limit)
        .map(stored);
    },

    async expired(now, limit) {
      assertOpen();
      return [...state.notes.values()]
        .filter(({ note }) => note.state === 'active' && !note.isPinned && (note.expiresAt ?? Infinity) <= now)
        .sort(({ note: left }, { note: right }) => {
          return (left.expiresAt ?? 0) - (right.expiresAt ?? 0) || compareText(left.id, right.id);
        })
        .slice(0, limit)
        .map(stored);
    },

    async scopes() {
      assertOpen();
      return [...new Map(state.feed.map(({ scope }) => [policyKey(scope), scope])).values()];
    },

    async stats(read) {
      assertOpen();
      const records = recordsIn(state, read);
      const links = [...state.links.values()].filter((link) => covers(read, link.scope));
      return statsOf(
        records,
        links.length,
        new Set(links.filter(({ type }) => type === 'contradicts').flatMap(({ from, to }) => [from, to])),
      );
    },
  };

  function stored({ note }: NoteRecord): StoredNote {
    return { note, episode: episodeOf(state, note) };
  }
}

/** The policies of the in-memory store. */
export function newPolicyStore(state: State, assertOpen: () => void): PolicyStore {
  return {
    async own(scope) {
      assertOpen();
      return state.policies.get(policyKey(scope)) ?? null;
    },
    async effective(scope) {
      assertOpen();
      const labels = scope.namespace.split('/');
      for (let length = labels.length; length > 0; length -= 1) {
        const policy = state.policies.get(`${scope.tenant}\n${labels.slice(0, length).join('/')}`);
        if (policy !== undefined) return policy;
      }
      return defaultPolicy;
    },
    async set(scope, policy) {
      assertOpen();
      if (policy === null) state.policies.delete(policyKey(scope));
      else state.policies.set(policyKey(scope), frozenCopy(policy));
    },
  };
}

function policyKey({ tenant, namespace }: Scope): string {
  return `${tenant}\n${namespace}`;
}

function bySummary(left: Note, right: Note): number {
  const [one, other] = [left.summary, right.summary];
  if (one === null || other === null) return 0;
  return (
    summaryLevels.indexOf(one.level) - summaryLevels.indexOf(other.level) ||
    compareText(one.key, other.key) ||
    compareText(left.id, right.id)
  );
}

function statsOf(records: readonly NoteRecord[], links: number, contradicting: ReadonlySet<string>): StoreStats {
  const states: Record<NoteState, number> = { active: 0, archived: 0, invalidated: 0, quarantined: 0 };
  const kinds: Record<NoteKind, number> = { episodic: 0, semantic: 0, summary: 0, procedural: 0 };
  const facts = { current: 0, superseded: 0, disputed: 0 };
  const days = new Map<number, number>();
  let [pinned, neverUsed, underived] = [0, 0, 0];
  for (const { note, isTakenBack } of records) {
    const isActive = note.state === 'active';
    if (isActive) kinds[note.kind] += 1;
    if (isActive && note.claim !== null) {
      facts[note.expiredAt === null ? 'current' : 'superseded'] += 1;
      if (note.expiredAt === null && contradicting.has(note.id)) facts.disputed += 1;
    }
    if (note.origin === 'derived') continue;
    states[note.state] += 1;
    const day = Math.floor(note.createdAt / dayMs) * dayMs;
    days.set(day, (days.get(day) ?? 0) + 1);
    if (isActive && note.isPinned) pinned += 1;
    if (isActive && note.retention.uses === 0) neverUsed += 1;
    if (isActive && note.derived === null && !isTakenBack) underived += 1;
  }
  const growth = [...days].sort(([left], [right]) => left - right).map(([day, added]) => ({ day, added }));
  const entities = new Set(records.flatMap(({ mentions }) => mentions.map(({ entity }) => entity.id))).size;
  return { states, kinds, pinned, entities, links, facts, neverUsed, underived, growth: growth.slice(-growthDays) };
}
