// Runs the tests on Node 24 with better-sqlite3 13, the pair that test/node24 installs, in a copy of the tree
// whose node_modules points at this one's, but for better-sqlite3. Arguments are passed on to vitest.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pair = join(root, 'test', 'node24', 'node_modules');
const runtime = join(pair, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
if (!existsSync(runtime)) {
  console.error('Node 24 is not installed for the tests. Run: npm ci --prefix test/node24');
  process.exit(1);
}

const copy = mkdtempSync(join(tmpdir(), 'ecphory-node24-'));
let status = 1;
try {
  const left = new Set(['node_modules', '.git', 'data']);
  for (const name of readdirSync(root)) {
    if (left.has(name)) continue;
    cpSync(join(root, name), join(copy, name), {
      recursive: true,
      preserveTimestamps: true,
      filter: (source) => !source.endsWith('node_modules'),
    });
  }
  linkPackages(join(root, 'node_modules'), join(copy, 'node_modules'));
  const args = process.argv.slice(2).map((argument) => absoluteOutput(argument));
  const vitest = join(copy, 'node_modules', 'vitest', 'vitest.mjs');
  status = spawnSync(runtime, [vitest, 'run', ...args], { cwd: copy, stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.exit(status);

function linkPackages(from, to) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (name === 'better-sqlite3' || name.startsWith('.vite')) continue;
    symlinkSync(join(from, name), join(to, name));
  }
  symlinkSync(join(pair, 'better-sqlite3'), join(to, 'better-sqlite3'));
}

function absoluteOutput(argument) {
  const [flag, path] = argument.split('=');
  return path !== undefined && flag.startsWith('--outputFile') ? `${flag}=${resolve(path)}` : argument;
}
