import type { GuardedReranker } from '../memory/reranker.ts';
import { type LocalRerankerSettings, openLocalReranker } from './local-reranker.ts';
import { guardReranker } from './rerank-guard.ts';

export type RerankerSettings =
  /** Rankings stay as they are: nothing is loaded, and nothing costs time. */
  { readonly kind: 'off' } | ({ readonly kind: 'local' } & LocalRerankerSettings);

/**
 * The reranker of these settings behind its guard, or null for `off`.
 *
 * @throws EcphoryError `invalid` for settings that cannot work, `unavailable` for a model that cannot be loaded.
 */
export async function openReranker(settings: RerankerSettings): Promise<GuardedReranker | null> {
  switch (settings.kind) {
    case 'off':
      return null;
    case 'local':
      return guardReranker(await openLocalReranker(settings));
  }
}
