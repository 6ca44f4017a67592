import type { Json, Metadata } from '../../memory/episode.ts';
import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import type { Memory } from '../../memory/service.ts';

/** Whose memory it is, in mem0's words. A memory has one or more of them. */
export type EntityIds = { readonly [name in EntityName]?: string };

export const entityNames = ['user_id', 'agent_id', 'app_id', 'run_id'] as const;
export type EntityName = (typeof entityNames)[number];

/** Everything that mem0 clients see lives below this label: nothing else of a tenant can be read or erased by them. */
export const mem0Root = 'mem0';

/** What we keep of a memory for mem0 beside the caller's own metadata. */
export const expirationKey = 'mem0_expiration_date';
export const keyOf = (name: EntityName): string => `mem0_${name}`;

const folders: Readonly<Record<EntityName, string>> = {
  user_id: 'users',
  agent_id: 'agents',
  app_id: 'apps',
  run_id: 'runs',
};

/** `mem0/users/alice`: of the ids that were given the first of user, agent, app and run says where the memory lives. */
export function namespaceOf(ids: EntityIds): string {
  for (const name of entityNames) {
    const id = ids[name];
    if (id !== undefined) return `${mem0Root}/${folders[name]}/${labelOf(name, id)}`;
  }
  throw new EcphoryError('invalid', 'Say whose memory it is: user_id, agent_id, app_id or run_id.', {
    pointer: '/user_id',
  });
}

/** Every memory of every entity of one kind that says where it lives. */
export function namespaceOfAll(name: EntityName): string {
  return `${mem0Root}/${folders[name]}/**`;
}

/**
 * An id as mem0 takes it: any text that is not blank. In Unicode form NFC, as labels are compared.
 *
 * @throws EcphoryError `invalid`
 */
export function parseEntityId(name: EntityName, value: string): string {
  const id = value.normalize('NFC');
  if (id.trim() === '' || id === '*' || !id.isWellFormed()) {
    throw new EcphoryError('invalid', `${name} names one entity: a text that is neither blank nor "*".`, {
      pointer: `/${name}`,
    });
  }
  return id;
}

/** The caller's metadata with ours. @throws EcphoryError `invalid` when the caller's uses a name of ours */
export function metadataWith(own: Metadata, ids: EntityIds, expirationDate: string | null): Metadata {
  const taken = Object.keys(own).find(isOurs);
  if (taken !== undefined) {
    throw new EcphoryError('invalid', 'This name is kept for mem0 itself.', { pointer: `/metadata/${taken}` });
  }
  const kept: Record<string, Json> = { ...own };
  for (const name of entityNames) {
    const id = ids[name];
    if (id !== undefined) kept[keyOf(name)] = id;
  }
  if (expirationDate !== null) kept[expirationKey] = expirationDate;
  return kept;
}

/** What of a memory's metadata is the caller's. */
export function ownMetadata(metadata: Metadata): Metadata {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => !isOurs(name)));
}

/** Whose it is. A memory that came into `mem0/users/alice` by another door is alice's too. */
export function entityIdsOf(memory: Pick<Memory, 'metadata' | 'namespace'>): EntityIds {
  const [, folder, label] = memory.namespace.split('/');
  const ids: Record<string, string> = {};
  for (const name of entityNames) {
    const kept = memory.metadata[keyOf(name)];
    if (typeof kept === 'string') ids[name] = kept;
    else if (folder === folders[name] && label !== undefined) ids[name] = idOfLabel(label);
  }
  return ids;
}

export function isBelowRoot(namespace: string): boolean {
  return namespace.startsWith(`${mem0Root}/`);
}

function isOurs(name: string): boolean {
  return name === expirationKey || entityNames.some((entity) => keyOf(entity) === name);
}

/** One label for one id: what a label cannot hold is written as in a URL, and `%` with it, so that no two ids meet. */
function labelOf(name: EntityName, id: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a label holds none.
  const unfit = /[%/*\u0000-\u001f\u007f-\u009f\u2028\u2029]|^\s|\s$/gu;
  const label = /^\.{1,2}$/.test(id) ? id.replaceAll('.', '%2E') : id.replace(unfit, escaped);
  if (label.length > limits.namespaceLabelCharacters) {
    throw new EcphoryError('invalid', `${name} is at most ${limits.namespaceLabelCharacters} characters.`, {
      pointer: `/${name}`,
    });
  }
  return label;
}

function idOfLabel(label: string): string {
  try {
    return decodeURIComponent(label);
  } catch {
    // Not written by us.
    return label;
  }
}

function escaped(character: string): string {
  return character === '*' ? '%2A' : encodeURIComponent(character);
}
