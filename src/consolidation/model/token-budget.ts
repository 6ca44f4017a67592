import { EcphoryError } from '../../memory/errors.ts';
import type { RunStore } from '../../memory/job.ts';
import type { Tenant } from '../../memory/scope.ts';

const dayMs = 86_400_000;

/**
 * Lets a call through while the tenant's runs have used fewer than `tokensPerDay` tokens since midnight UTC: the last call may
 * go over by itself.
 *
 * @throws EcphoryError `rate_limited` with the time until the next midnight.
 */
export async function checkTokenBudget(
  runs: Pick<RunStore, 'tokensSince'>,
  { tenant, tokensPerDay, now }: { readonly tenant: Tenant; readonly tokensPerDay: number; readonly now: number },
): Promise<void> {
  const midnight = Math.floor(now / dayMs) * dayMs;
  const used = await runs.tokensSince(tenant, midnight);
  if (used < tokensPerDay) return;
  throw new EcphoryError('rate_limited', `The ${tokensPerDay} tokens a day of the language model are used up.`, {
    retryAfterMs: midnight + dayMs - now,
  });
}
