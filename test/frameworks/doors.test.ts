import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { isInstalled, whyNot } from './installed.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

test.each([
  ['ai-sdk/ai-sdk.ts', ['zod']],
  ['anthropic/memory-files.ts', ['node:crypto', 'zod']],
  ['openai-agents/session.ts', ['node:crypto']],
])('%s needs of all packages only %j, also to be compiled', (door, packages) => {
  expect(packagesOf(join(root, 'src/integrations', door))).toEqual(packages);
});

test('the adapters and their examples are what the frameworks’ types ask for', { timeout: 120_000 }, async ({
  skip,
}) => {
  skip(!isInstalled, whyNot);
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const project = join(root, 'test/frameworks/tsconfig.json');
  const { stdout } = await promisify(execFile)(process.execPath, [compiler, '-p', project]);
  expect(stdout).toBe('');
});

/** Every package that a file names, by itself or by what it imports, types included. */
function packagesOf(door: string): string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  visit(door);
  return [...packages].sort();

  function visit(path: string): void {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, 'utf8');
    for (const [, from = ''] of text.matchAll(/\bfrom '([^']+)'|\bimport\('([^']+)'\)/g)) {
      if (from.startsWith('.')) visit(join(dirname(path), from));
      else packages.add(from);
    }
  }
}
