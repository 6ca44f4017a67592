import { limits } from '../memory/limits.ts';

/**
 * The tags that two or more of a note's neighbours have, and at least half of them, and it has not, most votes first. A tag that
 * one neighbour has is that neighbour's matter. Never more than leaves it with `limits.derivedTagsPerNote`.
 */
export function lentTags(own: readonly string[], neighbours: readonly (readonly string[])[]): readonly string[] {
  const held = new Set(own);
  const votes = new Map<string, number>();
  for (const tags of neighbours) {
    for (const tag of new Set(tags)) if (!held.has(tag)) votes.set(tag, (votes.get(tag) ?? 0) + 1);
  }
  return [...votes]
    .filter(([, count]) => count >= votesMin && count * 2 >= neighbours.length)
    .sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
    .slice(0, Math.max(0, limits.derivedTagsPerNote - held.size))
    .map(([tag]) => tag);
}

const votesMin = 2;
