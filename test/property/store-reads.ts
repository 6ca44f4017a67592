import { expect } from 'vitest';
import type { FeedEntry } from '../../src/memory/change.ts';
import { type Filter, parseFilter } from '../../src/memory/filter.ts';
import type { EntityId, NoteId } from '../../src/memory/ids.ts';
import { noteStates } from '../../src/memory/note.ts';
import { type ReadScope, readScope, type Tenant } from '../../src/memory/scope.ts';
import type { ClaimQuery, Store, VectorSearch, WorkingRow } from '../../src/memory/store.ts';
import { subtreeOf } from '../builders.ts';
import { axisVector, cursorNames, embedders, entitiesPerScope, receiptKeys } from './store-commands.ts';
import type { World } from './store-model.ts';

const filters: readonly Filter[] = [
  { topic: 'pets' },
  { topic: { $ne: 'pets' }, count: { $gte: 1 } },
  { $or: [{ speaker: 'Alice' }, { tags: { $contains: 'cat' } }, { done: true }] },
  { $or: [{ tags: { $contains: 'pets' } }, { keywords: { $contains: 'minka' } }] },
  { $not: { session_id: { $exists: true } }, 'a.b': null },
].map((filter) => parseFilter(filter));

const claimQueries: readonly ClaimQuery[] = [
  { limit: 100 },
  { subjects: ['alice'], limit: 2 },
  { subjects: ['alice', 'bob'], attributes: ['residence'], states: noteStates, limit: 100 },
  { values: ['zurich'], limit: 100 },
  { subjects: [], limit: 100 },
  { isOrphaned: true, states: noteStates, limit: 100 },
];

/**
 * The answers of every read, in a form in which two right stores are equal: sequences and orders are the store's own
 * and only their ascent counts, and so do the order of `matching` and of the entries of one `erased`.
 */
export async function everyRead(world: World, store: Store, search?: VectorSearch) {
  const tenants = [...new Set(world.scopes.map((scope) => scope.tenant))];
  const reads = [...world.scopes.map(readScope), ...world.scopes.map(subtreeOf)];
  const ids = [...world.notes.keys()];
  return {
    tenants: await Promise.all(tenants.map((tenant) => tenantReads(store, tenant, ids))),
    entities: await Promise.all(
      world.scopes.flatMap(({ tenant }, scope) => entityReads(store, tenant, scope * entitiesPerScope)),
    ),
    scopes: await Promise.all(reads.map((read) => scopeReads(store, read, ids, search))),
    feed: wholeFeed(await store.feedOfEveryTenant(0, 10_000)),
    cursors: await Promise.all(cursorNames.map((name) => store.cursor(name))),
    unembedded: await Promise.all(embedders.map(async (embedder) => (await unembeddedIds(store, embedder)).sort())),
    expired: await store.expired(world.nowMs, 5),
    written: (await store.scopes()).map(({ tenant, namespace }) => `${tenant} ${namespace}`).sort(),
    notes: (await store.health()).notes,
  };
}

async function tenantReads(store: Store, tenant: Tenant, ids: readonly NoteId[]) {
  const [notes, links, histories, mentions, receipts, runs] = await Promise.all([
    store.notes(tenant, ids),
    store.links(tenant, ids),
    Promise.all(ids.map((id) => store.history(tenant, id))),
    Promise.all(ids.map((id) => store.mentions(tenant, id))),
    Promise.all(receiptKeys.map((key) => store.receipt(tenant, key))),
    store.runs.list(tenant, { limit: 100 }),
  ]);
  for (const stored of notes) expect(await store.note(tenant, stored.note.id)).toEqual(stored);
  const derived = await store.derivedFrom(tenant, [...new Set(notes.flatMap(({ note }) => note.sources))]);
  const uses = await store.uses(tenant, ids);
  return { notes, links, histories, mentions, receipts, runs, derived, uses };
}

function entityReads(store: Store, tenant: Tenant, first: number) {
  return Array.from({ length: entitiesPerScope }, async (_, nth) => {
    const id = `entity_${first + nth}` as EntityId;
    return [await store.entity(tenant, id), await store.notesOfEntity(tenant, id, 3)];
  });
}

async function scopeReads(store: Store, read: ReadScope, ids: readonly NoteId[], search?: VectorSearch) {
  const feed = await store.feed(read, 0, 10_000);
  expect(await store.head(read)).toBe(feed.at(-1)?.sequence ?? 0);
  const rows = await pagedRows(store, read);
  expect(await store.workingRowsOf(read, ids)).toEqual(rows);
  return {
    rows: rows.map((row, index) => ({ ...row, order: index })),
    list: await pagedList(store, read),
    matching: await Promise.all(filters.map(async (filter) => [...(await store.matching(read, filter))].sort())),
    claims: await Promise.all(claimQueries.map((query) => store.claims(read, query))),
    entities: await store.entities(read, { prefix: null, limit: 5 }),
    named: await store.entities(read, { prefix: '1', limit: 5 }),
    underived: await store.underived(read, 100),
    everyUnderived: await store.underived(read, 100, { includeReverted: true }),
    summaries: await store.summaries(read, { limit: 5 }),
    sessions: await store.summaries(read, { levels: ['session', 'segment'], keys: ['s1', 's2'], limit: 100 }),
    stats: await store.stats(read),
    feed: wholeFeed(feed),
    ...(search === undefined ? {} : { nearest: await nearestReads(search, read) }),
  };
}

async function pagedRows(store: Store, read: ReadScope): Promise<readonly WorkingRow[]> {
  const rows: WorkingRow[] = [];
  for (;;) {
    const page = await store.workingRows(read, rows.at(-1)?.order ?? 0, 4);
    rows.push(...page);
    if (page.length < 4) break;
  }
  expect(rows.every((row, index) => index === 0 || rows[index - 1]!.order < row.order)).toBe(true);
  return rows;
}

async function pagedList(store: Store, read: ReadScope): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.list(read, { limit: 3, cursor, filter: null, states: noteStates });
    ids.push(...page.data.map(({ note }) => note.id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  const kept = await store.list(read, { limit: 3, cursor: null, filter: filters[1]!, states: ['active', 'archived'] });
  return [...ids, 'filtered', ...kept.data.map(({ note }) => note.id)];
}

async function unembeddedIds(store: Store, embedder: string): Promise<string[]> {
  return (await store.unembedded(embedder, 10_000)).map(({ note }) => note.id);
}

async function nearestReads(search: VectorSearch, read: ReadScope) {
  const answers = await Promise.all(
    embedders.map((embedder) => search.nearest(read, { embedder, vector: axisVector(0), limit: 5 })),
  );
  return answers.map(({ hits }) => hits.map((hit) => [hit.noteId, Math.round(hit.similarity * 1_000)]));
}

function wholeFeed(feed: readonly FeedEntry[]): readonly string[] {
  const lines: string[] = [];
  let erased: string[] = [];
  let before = 0;
  for (const entry of feed) {
    expect(entry.sequence).toBeGreaterThan(before);
    before = entry.sequence;
    const where = `${entry.scope.tenant} ${entry.scope.namespace} ${entry.kind} at ${entry.at}`;
    if (entry.kind === 'erased') {
      for (const id of [entry.noteId, entry.episodeId]) if (id !== null) erased.push(`${where}: ${id}`);
    } else {
      lines.push(...erased.sort(), `${where}: ${touched(entry)}`);
      erased = [];
    }
  }
  return [...lines, ...erased.sort()];
}

/** The one thing that an entry is about; what else it names is left to the store. */
function touched(entry: FeedEntry): string | null {
  if (entry.kind === 'episode-added') return entry.episodeId;
  if (entry.kind === 'run-reverted') return entry.noteId ?? entry.linkId ?? entry.episodeId;
  return entry.kind === 'link-set' || entry.kind === 'link-removed' ? entry.linkId : entry.noteId;
}
