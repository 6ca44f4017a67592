import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** A built module, for a child process that plain Node must run. `npm test` has built it; this makes sure. */
export function builtModule(path: string): string {
  const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--if-needed'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`The build failed: ${built.stderr}`);
  return join(root, 'dist', path);
}

/** A script beside this file. */
export function crashScript(name: string): string {
  return join(root, 'test', 'crash', name);
}
