import type { Embedder, GuardedEmbedder } from '../memory/embedder.ts';
import { guard } from './embed.ts';
import { type HashedEmbedderOptions, hashedEmbedder } from './hashed-embedder.ts';
import { type LocalEmbedderSettings, openLocalEmbedder } from './local-embedder.ts';
import { type OpenAiEmbedderSettings, openOpenAiEmbedder } from './openai-embedder.ts';
import { openStaticEmbedder } from './static-embedder.ts';

export type EmbedderSettings =
  /** Words only: no vectors are made or searched. */
  | { readonly kind: 'off' }
  | ({ readonly kind: 'hashed' } & HashedEmbedderOptions)
  | { readonly kind: 'static'; readonly folder: string }
  | ({ readonly kind: 'local' } & LocalEmbedderSettings)
  | ({ readonly kind: 'openai' } & OpenAiEmbedderSettings);

/**
 * The embedder of these settings behind its guard, or null for `off`.
 *
 * @throws EcphoryError `invalid` for settings that cannot work, `unavailable` for a model that cannot be loaded.
 *   An endpoint that is down is no reason: it is not asked here.
 */
export async function openEmbedder(settings: EmbedderSettings): Promise<GuardedEmbedder | null> {
  const embedder = await openUnguarded(settings);
  return embedder === null ? null : guard(embedder);
}

async function openUnguarded(settings: EmbedderSettings): Promise<Embedder | null> {
  switch (settings.kind) {
    case 'off':
      return null;
    case 'hashed':
      return hashedEmbedder(settings);
    case 'static':
      return openStaticEmbedder(settings);
    case 'local':
      return openLocalEmbedder(settings);
    case 'openai':
      return openOpenAiEmbedder(settings);
  }
}
