import { EcphoryError } from '../memory/errors.ts';
import type { Clock } from '../memory/ids.ts';
import { parseTenant } from '../memory/scope.ts';
import type { ApiKeyStore } from '../memory/store.ts';
import { createApiKey, isSameHash, parseApiKey, secretHash } from './api-key.ts';

/** Whose memories they are while nobody has said otherwise. */
export const defaultTenant = 'default';

/**
 * Sees to it that there is a key to come in with: the one given from outside, or at the very first start a new
 * one, whose text is returned and never known again.
 *
 * @throws EcphoryError `invalid` when the given key is not, or no longer, the one that the store has.
 */
export async function ensureFirstKey(
  parts: { readonly keys: ApiKeyStore; readonly clock: Clock },
  given: string | null,
): Promise<string | null> {
  const wanted = { tenant: parseTenant(defaultTenant), name: 'first', expiresAt: null };
  if (given !== null) {
    await ensureGivenKey(parts, given);
    return null;
  }
  if ((await parts.keys.list()).length > 0) return null;
  return (await createApiKey(parts, wanted)).text;

  async function ensureGivenKey({ keys, clock }: typeof parts, text: string): Promise<void> {
    const key = parseApiKey(text);
    if (key === null) throw new EcphoryError('invalid', 'The API key given from outside is not in the right form.');
    const kept = await keys.find(key.id);
    if (kept === null) {
      await createApiKey({ keys, clock }, { ...wanted, name: 'given', given: key });
    } else if (!isSameHash(kept.secretHash, secretHash(await keys.pepper(), key.secret))) {
      throw new EcphoryError('invalid', `The store has another secret for the given API key ${key.id}.`);
    } else if (kept.revokedAt !== null) {
      throw new EcphoryError('invalid', `The given API key ${key.id} was revoked.`);
    }
  }
}
