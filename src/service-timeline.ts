import { checkedCount, checkQuery, checkTerms, requireTime } from './encoding/check-input.ts';
import { claimKey } from './memory/claim.ts';
import type { EntityId } from './memory/ids.ts';
import { limits } from './memory/limits.ts';
import { covers, parseReadScope, type ReadScope, type Tenant } from './memory/scope.ts';
import type { MemoryService } from './memory/service.ts';
import type { StoredNote } from './memory/store.ts';
import type { TimelineInput } from './memory/upkeep.ts';
import { timeline } from './retrieval/timeline.ts';
import type { ServiceParts } from './service-parts.ts';

export type TimelineServiceParts = Pick<ServiceParts, 'store' | 'recall' | 'analyzer' | 'clock'>;

/** What happened, by topic or entity, in order: from when memories happened, what they speak of, and facts' validity. */
export function newTimelines(parts: TimelineServiceParts): (tenant: Tenant) => Pick<MemoryService, 'timeline'> {
  const { store, recall, analyzer, clock } = parts;
  return (tenant) => ({
    async timeline(input) {
      const read = parseReadScope(tenant, input.namespace);
      const limit = checkedCount(input.limit, { byDefault: limits.timelineLimitDefault, max: limits.timelineLimit });
      const from = input.from === undefined ? null : requireTime(input.from, '/from');
      const until = input.until === undefined ? null : requireTime(input.until, '/until');
      checkTerms({ entity: input.entity });
      if (input.topic !== undefined) checkQuery(input.topic);
      const { notes, claims } = await gathered(read, input, limit);
      const { stems } = analyzer;
      return timeline({ notes, claims, stems, topic: input.topic ?? null, from, until, limit });
    },
  });

  async function gathered(read: ReadScope, { topic, entity }: TimelineInput, limit: number): Promise<Material> {
    const about = entity === undefined ? null : await ofEntity(read, entity);
    if (topic === undefined) return about ?? newest(read, limit);
    const { hits } = await recall.search(read, {
      // Asked for an order, search goes through all sessions instead of finding one moment ten times over.
      text: `the order of ${topic}`,
      limit: Math.min(limits.searchLimit, limit),
      filter: null,
      asOf: null,
      queryAt: clock(),
      explain: false,
      answerOrder: false,
      includeArchived: false,
    });
    const found = hits.map(({ stored }) => stored);
    if (about === null) return { notes: found, claims: await claimsOf(read, found.slice(0, claimedNotes)) };
    const ids = new Set(about.notes.map(({ note }) => note.id));
    const both = found.filter(({ note }) => ids.has(note.id));
    return { notes: both, claims: await claimsOf(read, both.slice(0, claimedNotes)) };
  }

  /** By its id, or by a name that is its whole name; of who is not named nothing is told. */
  async function ofEntity(read: ReadScope, entity: string): Promise<Material> {
    const named = await store.entities(read, { prefix: claimKey(entity), limit: limits.pageLimit });
    const byName = named.filter(({ entity: { name } }) => claimKey(name) === claimKey(entity));
    const byId = byName.length > 0 ? null : await store.entity(read.tenant, entity as EntityId);
    const meant = byId !== null && covers(read, byId.entity.scope) ? [byId] : byName;
    const notes = await Promise.all(
      meant.map(({ entity: { id } }) => store.notesOfEntity(read.tenant, id, limits.timelineLimit)),
    );
    const subjects = [...new Set([entity, ...meant.map(({ entity: { name } }) => name)].map(claimKey))];
    const claims = await store.claims(read, {
      subjects: subjects.filter((key) => key !== ''),
      states: ['active', 'invalidated'],
      limit: limits.factsRead,
    });
    const told = new Map(notes.flat().map((one) => [one.note.id, one]));
    return { notes: [...told.values()].filter(isTold), claims };
  }

  async function newest(read: ReadScope, limit: number): Promise<Material> {
    const notes: StoredNote[] = [];
    let cursor: string | null = null;
    do {
      const page = await store.list(read, { limit: limits.pageLimit, cursor, filter: null, states: ['active'] });
      notes.push(...page.data.filter(isTold));
      cursor = page.nextCursor;
    } while (cursor !== null && notes.length < limit);
    return { notes, claims: [] };
  }

  async function claimsOf(read: ReadScope, notes: readonly StoredNote[]): Promise<readonly StoredNote[]> {
    const sources = [...new Set(notes.flatMap(({ note }) => note.sources))];
    if (sources.length === 0) return [];
    return store.claims(read, { sources, states: ['active', 'invalidated'], limit: limits.searchLimit });
  }
}

interface Material {
  readonly notes: readonly StoredNote[];
  readonly claims: readonly StoredNote[];
}

/** The claims of so many notes are told beside them. */
const claimedNotes = 20;

/** What is derived is a key over other notes, and told by them. */
function isTold({ note }: StoredNote): boolean {
  return note.state === 'active' && note.origin !== 'derived';
}
