import type { ListNamespacesOperation, MatchCondition } from '@langchain/langgraph-checkpoint';

/** The namespaces that a listing asks for, out of all: matched, cut at its depth, each once, in order, one page. */
export function listedNamespaces(all: readonly string[][], operation: ListNamespacesOperation): string[][] {
  const { matchConditions = [], maxDepth, limit, offset } = operation;
  const matching = all.filter((labels) => matchConditions.every((condition) => matches(condition, labels)));
  // No label holds a colon.
  const unique = new Map(
    matching.map((labels) => labels.slice(0, maxDepth)).map((labels) => [labels.join(':'), labels]),
  );
  const ordered = [...unique].sort(([left], [right]) => left.localeCompare(right)).map(([, labels]) => labels);
  return ordered.slice(offset ?? 0, (offset ?? 0) + (limit ?? ordered.length));
}

/** The labels that every matching namespace begins with: all that needs to be read. */
export function knownPrefix({ matchConditions = [] }: ListNamespacesOperation): string[] {
  const path = matchConditions.find(({ matchType }) => matchType === 'prefix')?.path ?? [];
  const wildcard = path.indexOf('*');
  return wildcard === -1 ? [...path] : path.slice(0, wildcard);
}

function matches({ matchType, path }: MatchCondition, labels: readonly string[]): boolean {
  if (matchType !== 'prefix' && matchType !== 'suffix') throw new Error(`Unsupported match type: ${matchType}`);
  if (path.length > labels.length) return false;
  const start = matchType === 'prefix' ? 0 : labels.length - path.length;
  return path.every((label, index) => label === '*' || label === labels[start + index]);
}
