import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

test.each(['src/service.ts', 'src/sdk/client.ts', 'src/server.ts', 'src/cli/main.ts'])(
  '%s loads nothing of MCP until it is asked for',
  (entrance) => {
    const seen = new Set<string>();
    const packages = new Set<string>();
    walk(join(root, entrance));
    expect([...packages].filter((name) => name.startsWith('@modelcontextprotocol'))).toEqual([]);
    expect([...seen].map((path) => relative(root, path)).filter((path) => path.startsWith('src/integrations'))).toEqual(
      [],
    );
    // It did walk.
    expect(seen.size).toBeGreaterThan(3);

    function walk(path: string): void {
      if (seen.has(path)) return;
      seen.add(path);
      const text = readFileSync(path, 'utf8');
      for (const [, isType, from] of text.matchAll(/(?:^|\n)(?:import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'/g)) {
        if (isType !== undefined || from === undefined) continue;
        if (from.startsWith('.')) walk(join(dirname(path), from));
        else packages.add(from);
      }
    }
  },
);
