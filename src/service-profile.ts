import { createHash } from 'node:crypto';
import { requireTime } from './encoding/check-input.ts';
import { memoryOf } from './encoding/view.ts';
import { claimKey } from './memory/claim.ts';
import { limits } from './memory/limits.ts';
import { parseReadScope, type ReadScope, type Tenant } from './memory/scope.ts';
import type { Memory, MemoryService } from './memory/service.ts';
import type { StoredNote } from './memory/store.ts';
import type { Profile, ProfileInput } from './memory/upkeep.ts';
import { profileContent, profileParts, profileText } from './retrieval/profile.ts';
import { factsOf, heldAt } from './service-facts.ts';
import type { ServiceParts } from './service-parts.ts';

export type ProfileServiceParts = Pick<ServiceParts, 'store' | 'recall' | 'clock'>;

/** Who a namespace is about, from its facts and instructions alone: no model, and the same until one of them changes. */
export function newProfiles(parts: ProfileServiceParts): (tenant: Tenant) => Pick<MemoryService, 'profile'> {
  const { store, recall, clock } = parts;
  return (tenant) => ({ profile: (input) => profile(tenant, input) });

  async function profile(tenant: Tenant, input: ProfileInput): Promise<Profile> {
    const read = parseReadScope(tenant, input.namespace);
    const asOf = input.asOf === undefined ? null : requireTime(input.asOf, '/as_of');
    const [claims, standing] = await Promise.all([
      claimsOf(read, asOf),
      recall.standing?.(read, { text: null, filter: null, asOf }),
    ]);
    const instructions = (standing ?? []).filter(({ kind }) => kind === 'instruction').map(instructionOf);
    const content = profileParts(await factsOf(store, tenant, claims), instructions);
    const hash = createHash('sha256').update(profileContent(read.namespace, content)).digest('hex');
    return {
      namespace: input.namespace.normalize('NFC'),
      hash,
      text: profileText(read.namespace, content, hash),
      ...content,
    };
  }

  /** What holds of the person: under `user`, the namespace's own name, and the name that they gave. */
  async function claimsOf(read: ReadScope, asOf: number | null): Promise<readonly StoredNote[]> {
    const own = [claimKey('user'), claimKey(read.namespace.split('/').at(-1) ?? '')].filter((key) => key !== '');
    const first = await held(read, own, asOf);
    const names = first.flatMap(({ note: { claim } }) =>
      claim !== null && isName.test(claim.attribute) ? [claimKey(claim.value)] : [],
    );
    const further = [...new Set(names)].filter((key) => key !== '' && !own.includes(key));
    return further.length === 0 ? first : [...first, ...(await held(read, further, asOf))];
  }

  async function held(read: ReadScope, subjects: readonly string[], asOf: number | null) {
    const at = asOf ?? clock();
    const states = asOf === null ? (['active'] as const) : (['active', 'invalidated'] as const);
    const found = await store.claims(read, { subjects, states, limit: limits.factsRead });
    return found.filter(
      // What only an agent, a tool or a page said is no part of a prompt's head.
      ({ note }) => note.trust >= 2 && heldAt(note, at) && (asOf === null || note.createdAt <= asOf),
    );
  }
}

const isName = /^(?:name|nickname)$/u;

/** A longer message's instruction is in its sentences: the rest of it belongs to the conversation. */
function instructionOf({ stored, sentences }: { stored: StoredNote; sentences: readonly string[] }): Memory {
  return { ...memoryOf(stored), text: sentences.join(' ') };
}
