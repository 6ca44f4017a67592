import { checkedCount, checkTerms } from './encoding/check-input.ts';
import { memoryOf } from './encoding/view.ts';
import type { EntityId } from './memory/ids.ts';
import type { EntitiesInput, EntityDetail, EntityView, Related } from './memory/knowledge.ts';
import { limits } from './memory/limits.ts';
import { parseReadScope, type Tenant } from './memory/scope.ts';
import type { MemoryService } from './memory/service.ts';
import type { EntityCount } from './memory/store.ts';
import { formatTime } from './memory/time.ts';
import { graphAround } from './memory-graph.ts';
import { currentFacts } from './service-facts.ts';
import { loadMemory, notThere, type ServiceParts } from './service-parts.ts';

type Graphs = Pick<MemoryService, 'related' | 'entities' | 'entity' | 'graph'>;

/** What hangs together: links of a memory, who and what is named, and the picture of it all. */
export function newGraphs(parts: Pick<ServiceParts, 'store' | 'clock'>): (tenant: Tenant) => Graphs {
  const { store } = parts;

  return (tenant) => ({
    related: (id) => related(tenant, id),
    entities: (input) => entities(tenant, input),
    entity: (id) => entity(tenant, id),
    async graph(input) {
      const read = parseReadScope(tenant, input.namespace);
      const hops = checkedCount(input.hops, { byDefault: 1, max: limits.graphHops, field: 'hops' });
      const limit = checkedCount(input.limit, { byDefault: limits.graphNodesDefault, max: limits.graphNodes });
      return graphAround(store, { read, center: input.center ?? null, hops, limit });
    },
  });

  async function related(tenant: Tenant, id: string): Promise<readonly Related[]> {
    const { note } = await loadMemory(store, tenant, id);
    const links = (await store.links(tenant, [note.id]))
      .toSorted((left, right) => right.weight - left.weight)
      .slice(0, limits.linksPerMemory);
    const others = await store.notes(
      tenant,
      links.map(({ from, to }) => (from === note.id ? to : from)),
    );
    const memories = new Map(others.map((stored) => [stored.note.id, stored]));
    return links.flatMap((link): Related[] => {
      const isFrom = link.from === note.id;
      const other = memories.get(isFrom ? link.to : link.from);
      if (other === undefined || other.note.state !== 'active') return [];
      return [
        {
          linkId: link.id,
          type: link.type,
          direction: isFrom ? 'from' : 'to',
          weight: link.weight,
          reason: link.reason,
          createdAt: formatTime(link.createdAt),
          memory: memoryOf(other),
        },
      ];
    });
  }

  async function entities(tenant: Tenant, input: EntitiesInput): Promise<readonly EntityView[]> {
    const read = parseReadScope(tenant, input.namespace);
    const limit = checkedCount(input.limit, { byDefault: limits.pageLimitDefault, max: limits.pageLimit });
    checkTerms({ prefix: input.prefix });
    const found = await store.entities(read, { prefix: input.prefix ?? null, limit });
    return found.map(entityView);
  }

  async function entity(tenant: Tenant, id: string): Promise<EntityDetail> {
    const found = await store.entity(tenant, id as EntityId);
    if (found === null) throw notThere('entity');
    const { scope, name } = found.entity;
    const [mentioning, facts] = await Promise.all([
      store.notesOfEntity(tenant, found.entity.id, limits.pageLimitDefault),
      currentFacts(store, scope, { subject: name, at: parts.clock() }),
    ]);
    const mentionedIn = mentioning.filter(({ note }) => note.state === 'active').map(memoryOf);
    return { ...entityView(found), namespace: scope.namespace, mentionedIn, facts };
  }
}

function entityView({ entity, notes }: EntityCount): EntityView {
  return { id: entity.id, kind: entity.kind, name: entity.name, memories: notes };
}
