import { setFlagsFromString } from 'node:v8';
import { type Config, type ConfigFlags, loadConfig } from '../config.ts';
import { type RunningServer, startServer } from '../server.ts';
import type { CommandWorld } from './command.ts';
import { openLog } from './open-log.ts';

export interface ServeFlags extends ConfigFlags {
  readonly json?: boolean;
}

/** Starts the server, says where it is, and runs until asked to stop; then drains and closes. */
export async function serve(flags: ServeFlags, world: CommandWorld): Promise<void> {
  const config = loadConfig(flags, world.environment);
  // What a server holds for long lies in typed arrays, outside this heap. Left to itself the part for short-lived objects
  // grows to 48 MB and stays; kept small it costs no measurable time (100,000 notes: 28 MB less, searches as fast).
  setFlagsFromString('--semi-space-growth-factor=1');
  const log = openLog(config, world);
  const server = await startServer(config, { log });
  world.write(flags.json === true ? readyJson(config, server) : readyText(config, server));
  await world.stopRequested;
  log.info({}, 'stopping: requests under way are finished');
  await server.close();
}

function readyJson(config: Config, { url, firstKey }: RunningServer): string {
  return `${JSON.stringify({ url, api_key: firstKey, database: config.database })}\n`;
}

function readyText(config: Config, { url, firstKey }: RunningServer): string {
  const key = firstKey ?? '$ECPHORY_API_KEY';
  return `
Ecphory remembers at ${url}, in ${config.database}.

${aboutKey(config, firstKey)}

Add a memory, then search for it:

  ${curl(url, key, '/v1/memories', { namespace: 'users/alice', text: 'Alice is allergic to peanuts.' })}

  ${curl(url, key, '/v1/search', { namespace: 'users/alice', query: 'What is Alice allergic to?' })}

`;
}

function aboutKey(config: Config, firstKey: string | null): string {
  if (firstKey !== null) return `API key, shown only this once:\n\n  ${firstKey}`;
  if (config.apiKey !== null) return 'The API key is the one in ECPHORY_API_KEY.';
  return (
    'The API key was shown at the first start; put it into ECPHORY_API_KEY for the lines below.\n' +
    'To make another, stop the server and run: ecphory keys create'
  );
}

/** No value here holds an apostrophe, so the JSON stands in single quotes; the key in double, for the variable. */
function curl(url: string, key: string, path: string, body: object): string {
  return (
    `curl -s ${url}${path} -H "Authorization: Bearer ${key}" -H 'Content-Type: application/json' ` +
    `-d '${JSON.stringify(body)}'`
  );
}
