import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** What a door of the package pulls in: an optional package may only be needed by its own adapter. */
const source = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'src');

test.each([
  ['service.ts', []],
  ['sdk/client.ts', []],
  ['cli/main.ts', []],
  ['integrations/memory-tools/tools.ts', []],
  ['integrations/langgraph/store.ts', ['@langchain/langgraph-checkpoint']],
  ['integrations/langchain/langchain.ts', ['@langchain/core']],
  ['integrations/langchain/middleware.ts', ['@langchain/core', 'langchain']],
])('%s loads of the optional packages only %j', (door, packages) => {
  expect(optionalPackagesOf(join(source, door))).toEqual(packages);
});

test('the adapters are outside of everything else: only they name LangChain', () => {
  const offenders = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('integrations'))
    .filter((path) => /['"](?:@langchain\/|langchain['"/])/.test(readFileSync(join(source, path), 'utf8')));
  expect(offenders).toEqual([]);
});

/** LangChain's packages that are loaded with a file, by itself or by what it imports. Types are not loaded. */
function optionalPackagesOf(door: string): string[] {
  const seen = new Set<string>();
  const packages = new Set<string>();
  visit(door);
  return [...packages].sort();

  function visit(path: string): void {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, 'utf8');
    for (const [, clause = '', from = ''] of text.matchAll(/^(?:import|export)\s([^'"]*?)from '([^']+)'/gm)) {
      if (clause.startsWith('type ') || isOnlyTypes(clause)) continue;
      if (from.startsWith('.')) visit(join(dirname(path), from));
      const name = /^(@langchain\/[^/]+|langchain)(?:\/|$)/.exec(from)?.[1];
      if (name !== undefined) packages.add(name);
    }
  }
}

function isOnlyTypes(clause: string): boolean {
  const names = clause
    .replace(/[{}]/g, '')
    .split(',')
    .map((name) => name.trim());
  return names.filter((name) => name !== '').every((name) => name.startsWith('type '));
}
