import { ConfigError, loadClientConfig } from '../config.ts';
import { isEcphoryError } from '../memory/errors.ts';
import { newClient } from '../sdk/client.ts';
import type { Check, DoctorFlags } from './doctor.ts';
import { serverUrl } from './server-url.ts';
import type { CommandWorld } from './world.ts';

const timeoutMs = 3_000;

/** Whether a server answers, and takes the key. */
export async function serverChecks(flags: DoctorFlags, world: CommandWorld): Promise<readonly Check[]> {
  let baseUrl: string;
  let apiKey: string | null;
  let namespace: string;
  try {
    const config = loadClientConfig(flags, world.environment);
    baseUrl = serverUrl(config.url, config.urlFrom);
    ({ apiKey, namespace } = config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [{ name: 'server', status: 'fail', detail: error.message, advice: 'Correct it.' }];
  }
  const server = await readiness(baseUrl);
  if (server.status !== 'ok') return [server];
  return [server, await keyCheck(baseUrl, apiKey, namespace)];
}

async function readiness(baseUrl: string): Promise<Check> {
  const name = 'server';
  try {
    const response = await fetch(`${baseUrl}/readyz`, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    const body: unknown = await response.json().catch(() => null);
    if (response.ok) return { name, status: 'ok', detail: `${baseUrl} is ready`, advice: null };
    const detail =
      typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : response.status;
    return { name, status: 'fail', detail: `${baseUrl} is not ready: ${detail}`, advice: 'Look at what it logs.' };
  } catch {
    const advice = 'Start it with "ecphory serve"; one elsewhere is named with --url or ECPHORY_URL.';
    return { name, status: 'warn', detail: `nothing answers at ${baseUrl}`, advice };
  }
}

async function keyCheck(baseUrl: string, apiKey: string | null, namespace: string): Promise<Check> {
  const name = 'key';
  if (apiKey === null) {
    const advice = 'Put the key that "ecphory serve" printed at its first start into ECPHORY_API_KEY.';
    return { name, status: 'warn', detail: 'there is none', advice };
  }
  try {
    await newClient({ baseUrl, apiKey, timeoutMs, retries: 0 }).list({ namespace, limit: 1 });
    return { name, status: 'ok', detail: 'the server takes it', advice: null };
  } catch (error) {
    // One that is for other things, or other namespaces, is a good key.
    if (isEcphoryError(error) && error.code === 'forbidden') {
      return { name, status: 'ok', detail: `the server takes it, but not to read ${namespace}`, advice: null };
    }
    const detail = error instanceof Error ? error.message : String(error);
    return { name, status: 'fail', detail, advice: 'Make another with "ecphory keys create".' };
  }
}
