import type { ContextOrder } from '../memory/context-order.ts';
import type { StoredNote } from '../memory/store.ts';

/** A memory that goes into a text, and the rank of the hit it is or stands near; 0 is best. */
export interface Placed {
  readonly stored: StoredNote;
  readonly rank: number;
}

/**
 * The order in which memories stand in a prompt. `chronological`: by conversation and time; readers answer best
 * from it (OP-RAG, Yu et al. 2024). `relevance`: best first. `edges`: the best at both ends and the weakest in the middle,
 * ranks 1, 3, 5, ... 6, 4, 2, for readers that lose what stands in the middle (Jin et al. 2024). What stands near a hit
 * stays with it in every order.
 */
export function arranged<Item extends Placed>(items: readonly Item[], order: ContextOrder): readonly Item[] {
  if (order === 'chronological') return byConversation(items);
  const blocks = blocksOf(items, ({ rank }) => rank).sort((a, b) => a[0]!.rank - b[0]!.rank);
  const ordered = order === 'relevance' ? blocks : edgesFirst(blocks);
  return ordered.flatMap((block) => block.toSorted(inTime));
}

/** 1, 3, 5, ... 6, 4, 2. */
export function edgesFirst<Item>(ranked: readonly Item[]): readonly Item[] {
  const odd = ranked.filter((_, index) => index % 2 === 0);
  const even = ranked.filter((_, index) => index % 2 === 1);
  return [...odd, ...even.reverse()];
}

/** When it happened; for a note without an episode since when it is true, else since when it is held. */
export function timeOf({ note, episode }: StoredNote): number {
  return episode?.eventAt ?? note.validAt ?? note.createdAt;
}

/** What stands under one heading: a day of a conversation, or a day of what belongs to none. */
export function groupOf(stored: StoredNote): string {
  const { note, episode } = stored;
  return [note.scope.namespace, episode?.sessionId ?? '', Math.floor(timeOf(stored) / dayMs)].join('\n');
}

const dayMs = 86_400_000;

/** Conversations that overlap stay apart, each where it begins. */
function byConversation<Item extends Placed>(items: readonly Item[]): readonly Item[] {
  const blocks = blocksOf(items, ({ stored }) => groupOf(stored)).map((block) => block.toSorted(inTime));
  return blocks.sort((a, b) => inTime(a[0]!, b[0]!)).flat();
}

function blocksOf<Item>(items: readonly Item[], keyOf: (item: Item) => string | number): (readonly Item[])[] {
  const blocks = new Map<string | number, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, [item]);
    else block.push(item);
  }
  return [...blocks.values()];
}

/** Ids ascend in the order of making, which is the order of what was added together. */
function inTime(a: Placed, b: Placed): number {
  return timeOf(a.stored) - timeOf(b.stored) || (a.stored.note.id < b.stored.note.id ? -1 : 1);
}
