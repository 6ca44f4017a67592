import type { Command } from 'commander';
import { type ClientConfig, type ClientFlags, loadClientConfig } from '../config.ts';
import { EcphoryError, isEcphoryError } from '../memory/errors.ts';
import type { MemoryService } from '../memory/service.ts';
import { newClient } from '../sdk/client.ts';
import { Interrupted } from './exit-code.ts';
import { newScreen, type Screen, type ScreenFlags } from './screen.ts';
import { serverUrl } from './server-url.ts';
import type { CommandWorld } from './world.ts';

/** Flags of every command that talks to a running server. */
export interface ConnectionFlags extends ClientFlags, ScreenFlags {}

export interface Connected {
  readonly memory: MemoryService;
  readonly namespace: string;
  readonly screen: Screen;
}

/** @param json what `--json` prints; a list when left out */
export function withConnection(command: Command, json = 'one JSON object a line, in the words of the API'): Command {
  return command
    .option('--url <address>', 'of the server (ECPHORY_URL, http://127.0.0.1:8787)')
    .option('--key <key>', 'API key (ECPHORY_API_KEY, where no list of processes shows it)')
    .option('--json', json);
}

export const asOneObject = 'as one JSON object, in the words of the API';

export function withNamespace(command: Command): Command {
  return command.option('-n, --namespace <path>', 'whose memories, such as users/alice (ECPHORY_NAMESPACE, default)');
}

/**
 * Carries out a command against the running server, until it is done or somebody stops it.
 *
 * @throws EcphoryError; Interrupted
 */
export async function connected<Result>(
  flags: ConnectionFlags,
  world: CommandWorld,
  use: (connected: Connected) => Promise<Result>,
): Promise<Result> {
  const config = loadClientConfig(flags, world.environment);
  const baseUrl = serverUrl(config.url, config.urlFrom);
  if (config.apiKey === null) throw noKey();
  const memory = newClient({ baseUrl, apiKey: config.apiKey });
  const stopped = world.stopRequested.then(() => {
    throw new Interrupted();
  });
  try {
    return await Promise.race([use({ memory, namespace: config.namespace, screen: newScreen(flags, world) }), stopped]);
  } catch (error) {
    throw explained(error, config);
  }
}

function noKey(): EcphoryError {
  return new EcphoryError(
    'unauthenticated',
    'There is no API key; put the one that "ecphory serve" printed into ECPHORY_API_KEY, or make one with ' +
      '"ecphory keys create".',
  );
}

/** The same error, with what to do about it. */
function explained(error: unknown, { urlFrom }: ClientConfig): unknown {
  if (!isEcphoryError(error)) return error;
  const advice = adviceOn(error, urlFrom);
  if (advice === null) return error;
  const { code, message, faults, cause } = error;
  return new EcphoryError(code, `${message} ${advice}`, {
    cause,
    faults: faults.filter((fault) => fault.message !== message),
  });
}

function adviceOn({ code, message }: EcphoryError, urlFrom: string): string | null {
  if (code === 'unavailable' && message.endsWith('does not answer.')) {
    const other = urlFrom === '--url' ? '' : ' One elsewhere is named with --url or ECPHORY_URL.';
    return `Start it with "ecphory serve", or see "ecphory doctor".${other}`;
  }
  if (code === 'unauthenticated') return 'It is taken from --key or ECPHORY_API_KEY.';
  if (code === 'stale') return 'Look at it with "ecphory show", then try again.';
  return null;
}
