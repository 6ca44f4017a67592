import { ConfigError } from '../config.ts';

/** @throws ConfigError when it is not the address of a server */
export function serverUrl(text: string, from = '--url'): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (url === null || !isPlain || !['http:', 'https:'].includes(url.protocol)) {
    throw new ConfigError(`${from} is ${JSON.stringify(text)}; allowed: an address such as http://127.0.0.1:8787.`);
  }
  return url.href.replace(/\/+$/, '').replace(/\/mcp$/, '');
}
