import { type GuardedLanguageModel, guardLanguageModel, type ModelPrices } from './language-model-guard.ts';
import { type OpenAiLanguageModelSettings, openOpenAiLanguageModel } from './openai-language-model.ts';

export type LanguageModelSettings =
  /** Rules alone. */
  | { readonly kind: 'off' }
  | ({
      readonly kind: 'openai';
      /** Tokens that one tenant may use in a day (UTC). */
      readonly tokensPerDay: number;
      readonly prices: ModelPrices | null;
    } & OpenAiLanguageModelSettings);

/**
 * The language model of these settings behind its guard, or null for `off`.
 *
 * @throws EcphoryError `invalid` for settings that cannot work. An endpoint that is down is no reason: it is not asked here.
 */
export async function openLanguageModel(settings: LanguageModelSettings): Promise<GuardedLanguageModel | null> {
  if (settings.kind === 'off') return null;
  return guardLanguageModel(await openOpenAiLanguageModel(settings), { prices: settings.prices });
}
