import type { Config } from '../config.ts';
import { limits } from '../memory/limits.ts';
import { openEmbedder } from '../models/open-embedder.ts';
import type { Check } from './doctor.ts';

/** Embeds a word with what is configured. */
export async function embedderCheck({ embedder: settings }: Config): Promise<Check> {
  const name = 'embedder';
  if (settings.kind === 'off') {
    return { name, status: 'ok', detail: 'off: memories are found by their words alone', advice: null };
  }
  try {
    const embedder = await openEmbedder(settings);
    if (embedder === null) return { name, status: 'ok', detail: 'off', advice: null };
    try {
      const startedAt = performance.now();
      await embedder.embed(['memory'], 'passage', limits.embedderTimeoutMs);
      const ms = Math.round(performance.now() - startedAt);
      return {
        name,
        status: 'ok',
        detail: `${embedder.id}, ${embedder.dimensions} dimensions, ${ms} ms`,
        advice: null,
      };
    } finally {
      await embedder.close();
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const advice = 'Look at ECPHORY_EMBEDDER and what belongs to it; meanwhile memories are found by their words.';
    return { name, status: 'fail', detail, advice };
  }
}

/** How long an endpoint may take to say which models it has, milliseconds. */
const modelsTimeoutMs = 5_000;

/** Asks which models there are: nothing is generated, nothing is paid for. */
export async function modelCheck({ model: settings }: Config, request: typeof fetch = fetch): Promise<Check> {
  const name = 'model';
  if (settings.kind === 'off') return { name, status: 'ok', detail: 'none: rules do everything', advice: null };
  const url = `${settings.baseUrl.replace(/\/+$/, '')}/models`;
  const where = `${settings.model} at ${new URL(settings.baseUrl).host}`;
  try {
    const response = await request(url, {
      headers: settings.apiKey === undefined ? {} : { Authorization: `Bearer ${settings.apiKey}` },
      redirect: 'error',
      signal: AbortSignal.timeout(modelsTimeoutMs),
    });
    const text = (await response.text()).slice(0, limits.modelAnswerBytes);
    if (response.status === 401 || response.status === 403) {
      const advice = 'Look at ECPHORY_MODEL_API_KEY; until then rules do everything.';
      return { name, status: 'fail', detail: `${where}: the endpoint refuses the key`, advice };
    }
    if (response.status >= 500) {
      const detail = `${where}: the endpoint answers ${response.status}`;
      return { name, status: 'warn', detail, advice: 'Background work waits for it, and rules go on.' };
    }
    if (response.ok && !text.includes(settings.model)) {
      const detail = `${where}: the endpoint does not list this model`;
      return { name, status: 'warn', detail, advice: 'Look at ECPHORY_MODEL, or load the model there.' };
    }
    return { name, status: 'ok', detail: `${where} answers`, advice: null };
  } catch {
    const advice = 'Look at ECPHORY_MODEL_BASE_URL, and whether it runs; until then rules do everything.';
    return { name, status: 'fail', detail: `${where} cannot be reached`, advice };
  }
}
