import { memoryOf } from './encoding/view.ts';
import type { Entity } from './memory/entity.ts';
import type { EntityId, NoteId } from './memory/ids.ts';
import type { Graph, GraphEdge, GraphNode } from './memory/knowledge.ts';
import { limits } from './memory/limits.ts';
import type { Link } from './memory/link.ts';
import { covers, type ReadScope } from './memory/scope.ts';
import type { Store, StoredNote } from './memory/store.ts';
import { breath } from './retrieval/breath.ts';
import { notThere } from './service-parts.ts';

export interface GraphQuery {
  readonly read: ReadScope;
  /** The id of a memory or an entity. */
  readonly center: string | null;
  readonly hops: number;
  readonly limit: number;
}

type GraphStore = Pick<Store, 'note' | 'notes' | 'list' | 'links' | 'mentions' | 'entity' | 'notesOfEntity'>;

/**
 * Breadth first from the centre, over links (strongest first) and over shared entities, until `hops` or `limit` is
 * reached. Costs for each step one read of links and one of notes, and for each memory one of its mentions.
 *
 * @throws EcphoryError `not_found` a centre that is not in what may be read
 */
export async function graphAround(store: GraphStore, query: GraphQuery): Promise<Graph> {
  const { read, hops, limit } = query;
  const { tenant } = read;
  const nodes = new Map<string, GraphNode>();
  const edges = new Map<string, GraphEdge>();
  let isTruncated = false;

  const start = query.center === null ? await mostLinked() : await centre(query.center);
  let memories: readonly NoteId[] = start.memories.filter((one) => addMemory(one, 0)).map(({ note }) => note.id);
  let entities: readonly EntityId[] = start.entities.filter((one) => addEntity(one, 0)).map(({ id }) => id);
  // What was reached last is looked at once more, for what leads from it to what is there already.
  for (let hop = 1; hop <= hops + 1 && memories.length + entities.length > 0; hop += 1) {
    const isGrowing = hop <= hops;
    const linked = await followLinks(memories, isGrowing ? hop : null);
    const mentioned = await followMentions(memories, isGrowing ? hop : null);
    const mentioning = isGrowing ? await followEntities(entities, hop) : [];
    memories = [...linked, ...mentioning];
    entities = mentioned;
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], isTruncated };

  async function centre(id: string): Promise<{ memories: readonly StoredNote[]; entities: readonly Entity[] }> {
    const stored = await store.note(tenant, id as NoteId);
    if (stored !== null && covers(read, stored.note.scope)) return { memories: [stored], entities: [] };
    const found = await store.entity(tenant, id as EntityId);
    if (found !== null && covers(read, found.entity.scope)) return { memories: [], entities: [found.entity] };
    throw notThere('memory');
  }

  /** Of the newest: a namespace may hold more than can be looked through for a picture. */
  async function mostLinked(): Promise<{ memories: readonly StoredNote[]; entities: readonly Entity[] }> {
    const page = await store.list(read, { limit: limits.graphScanned, cursor: null, filter: null, states: ['active'] });
    const weights = new Map<NoteId, number>(page.data.map(({ note }) => [note.id, 0]));
    for (const { from, to, weight } of await store.links(tenant, [...weights.keys()])) {
      for (const end of [from, to]) {
        const sum = weights.get(end);
        if (sum !== undefined) weights.set(end, sum + weight);
      }
    }
    const weightOf = ({ note }: StoredNote) => weights.get(note.id) ?? 0;
    const linked = page.data.filter((stored) => weightOf(stored) > 0);
    if (page.nextCursor !== null || linked.length > limit) isTruncated = true;
    return { memories: linked.toSorted((a, b) => weightOf(b) - weightOf(a)).slice(0, limit), entities: [] };
  }

  /** Adds what is linked, or with `hop` null only what leads from these to memories that are there. */
  async function followLinks(from: readonly NoteId[], hop: number | null): Promise<readonly NoteId[]> {
    if (from.length === 0) return [];
    await breath();
    const links = strongest(await store.links(tenant, from), from);
    const wanted = links.flatMap((link) => [link.from, link.to]).filter((id) => !nodes.has(id));
    const found = hop === null ? [] : await store.notes(tenant, [...new Set(wanted)].slice(0, limits.graphNodes));
    const added = found.filter((stored) => isShown(stored) && addMemory(stored, hop ?? 0)).map(({ note }) => note.id);
    for (const { from: source, to, type, weight, reason } of links) addEdge({ from: source, to, type, weight, reason });
    return added;
  }

  async function followMentions(from: readonly NoteId[], hop: number | null): Promise<readonly EntityId[]> {
    const added: EntityId[] = [];
    for (const [index, id] of from.entries()) {
      if (index % readsAtOnce === 0) await breath();
      for (const { entity } of await store.mentions(tenant, id)) {
        if (!nodes.has(entity.id) && hop !== null && addEntity(entity, hop)) added.push(entity.id);
        addEdge({ from: id, to: entity.id, type: 'mentions', weight: 1, reason: null });
      }
    }
    return added;
  }

  /** What of the memories that are there mentions these is told by the memories themselves. */
  async function followEntities(from: readonly EntityId[], hop: number): Promise<readonly NoteId[]> {
    const added: NoteId[] = [];
    for (const id of from) {
      if (nodes.size >= limit) {
        isTruncated = true;
        break;
      }
      await breath();
      const mentioning = await store.notesOfEntity(tenant, id, limits.linksPerMemory);
      if (mentioning.length === limits.linksPerMemory) isTruncated = true;
      for (const stored of mentioning) {
        const { id: noteId } = stored.note;
        if (!nodes.has(noteId) && isShown(stored) && addMemory(stored, hop)) added.push(noteId);
      }
    }
    return added;
  }

  function isShown({ note }: StoredNote): boolean {
    return note.state === 'active' && covers(read, note.scope);
  }

  function addMemory(stored: StoredNote, hop: number): boolean {
    const { id } = stored.note;
    return add({ kind: 'memory', id, memory: memoryOf(stored), hops: hop });
  }

  function addEntity({ id, name }: Entity, hop: number): boolean {
    return add({ kind: 'entity', id, name, hops: hop });
  }

  function add(node: GraphNode): boolean {
    if (nodes.has(node.id)) return false;
    if (nodes.size >= limit) {
      isTruncated = true;
      return false;
    }
    nodes.set(node.id, node);
    return true;
  }

  function addEdge(edge: GraphEdge): void {
    const key = `${edge.from}\n${edge.to}\n${edge.type}`;
    if (!nodes.has(edge.from) || !nodes.has(edge.to) || edges.has(key)) return;
    if (edges.size >= limits.graphEdges) isTruncated = true;
    else edges.set(key, edge);
  }
}

/** Reads of mentions before others have their turn: together a few milliseconds. */
const readsAtOnce = 16;

/** The strongest of each memory, strongest first; equal ones in the order given. */
function strongest(links: readonly Link[], of: readonly NoteId[]): readonly Link[] {
  const taken = new Map(of.map((id) => [id, 0]));
  return links
    .toSorted((left, right) => right.weight - left.weight)
    .filter(({ from, to }) => {
      const ends = [from, to].filter((end) => taken.has(end));
      const isWanted = ends.some((end) => (taken.get(end) ?? 0) < limits.linksPerMemory);
      for (const end of ends) taken.set(end, (taken.get(end) ?? 0) + 1);
      return isWanted;
    });
}
