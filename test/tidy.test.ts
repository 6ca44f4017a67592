import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/**
 * The rules of the house that a machine can check (ARCHITECTURE.md). After tigerbeetle's `src/tidy.zig`.
 * Each rule lists its offenders, so that a failure says what to mend.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sources = filesUnder('src').concat(filesUnder('eval'));
const shipped = sources.filter((file) => !file.path.endsWith('.test.ts'));

/** What each room may know of the others. `models` means `src/models`; a file name means that file alone. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  memory: [],
  language: ['memory'],
  encoding: ['memory', 'language'],
  retrieval: ['memory', 'language'],
  consolidation: ['memory', 'language'],
  store: ['memory'],
  models: ['memory'],
  sdk: ['memory'],
  redaction: [],
  importers: ['memory'],
  webhooks: ['memory'],
  api: ['memory', 'sdk/wire.ts', 'sdk/error-status.ts'],
  integrations: ['memory', 'sdk'],
};

describe('the house is tidy', () => {
  test('each room imports only the rooms it may know', () => {
    const offenders = shipped.flatMap((file) => {
      const room = roomOf(file.path);
      const allowed = room === null ? undefined : mayImport[room];
      if (room === null || allowed === undefined) return [];
      return importsOf(file)
        .filter((target) => target.startsWith('src/'))
        .map((target) => target.slice('src/'.length))
        .filter((target) => !target.startsWith(`${room}/`))
        .filter((target) => !allowed.some((known) => target === known || target.startsWith(`${known}/`)))
        .map((target) => `${file.path} imports ${target}`);
    });
    expect(offenders).toEqual([]);
  });

  test('the vocabulary imports no package and no part of Node', () => {
    const offenders = shipped
      .filter((file) => roomOf(file.path) === 'memory')
      .flatMap((file) =>
        specifiersOf(file)
          .filter((from) => !from.startsWith('.'))
          .map((from) => `${file.path}: ${from}`),
      );
    expect(offenders).toEqual([]);
  });

  test.each([
    ['express', 'src/api/'],
    ['better-sqlite3', 'src/store/'],
    ['sqlite-vec', 'src/store/'],
    ['hnswlib-node', 'src/store/'],
    ['openai', 'src/models/'],
    ['gpt-tokenizer', 'src/models/'],
    ['chrono-node', 'src/language/'],
    ['@huggingface/transformers', 'src/models/'],
    ['commander', 'src/cli/'],
    ['prom-client', 'src/api/'],
    ['@modelcontextprotocol', 'src/integrations/mcp/'],
    ['@langchain/core', 'src/integrations/langchain/'],
    ['langchain', 'src/integrations/langchain/'],
    ['@langchain/langgraph-checkpoint', 'src/integrations/langgraph/'],
    ['@langchain/langgraph', 'src/nowhere/'],
  ])('%s is known only under %s', (name, home) => {
    const offenders = shipped
      .filter((file) => file.path.startsWith('src/') && !file.path.startsWith(home))
      .filter((file) => specifiersOf(file).some((from) => from === name || from.startsWith(`${name}/`)));
    expect(offenders.map((file) => file.path)).toEqual([]);
  });

  test('SQL is written only under src/store', () => {
    const statement =
      /[`'"]\s*(?:SELECT\s+.+\s+FROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+(?:TABLE|INDEX)|PRAGMA)\b/is;
    const offenders = shipped.filter((file) => !file.path.startsWith('src/store/') && statement.test(file.text));
    expect(offenders.map((file) => file.path)).toEqual([]);
  });

  test('the environment is read only in src/config.ts', () => {
    const offenders = shipped.filter(
      (file) => file.path.startsWith('src/') && file.path !== 'src/config.ts' && /process\.env\b/.test(file.text),
    );
    expect(offenders.map((file) => file.path)).toEqual([]);
  });

  test('no file is a drawer: utils, helpers, common, types and barrels are refused', () => {
    const drawers =
      /(?:^|\/)(?:utils?|helpers?|common|shared|misc|types|index)(?:\.test)?\.ts$|\/(?:utils?|helpers?|common)\//;
    expect(sources.filter((file) => drawers.test(file.path)).map((file) => file.path)).toEqual([]);
  });

  test('nothing happens at import: no top-level await, loop, timer or call for its effect', () => {
    const entrances = new Set([
      'src/cli/main.ts',
      'src/worker.ts',
      'src/store/hnsw/build-child.ts',
      'eval/run.ts',
      'eval/bench/run.ts',
    ]);
    const effect = /^(?:await |for |while |if |setTimeout|setInterval|process\.|console\.|[a-z]\w*(?:\.\w+)*\()/;
    const offenders = shipped
      .filter((file) => !entrances.has(file.path) && !file.path.startsWith('eval/train/'))
      .flatMap((file) =>
        topLevelLines(file.text)
          .filter((line) => effect.test(line))
          .map((line) => `${file.path}: ${line}`),
      );
    expect(offenders).toEqual([]);
  });

  test('no type is any', () => {
    const offenders = [...sources, ...filesUnder('test')].flatMap((file) =>
      file.text
        .split('\n')
        .filter((line) => /(?::\s*any\b|\bas any\b|<any[,>]|any\[\])/.test(line.replace(/\/\/.*|\*.*/, '')))
        .map((line) => `${file.path}: ${line.trim()}`),
    );
    expect(offenders.filter((line) => !line.startsWith('test/tidy.test.ts'))).toEqual([]);
  });

  test('a file can be read in one sitting', () => {
    const offenders = shipped
      // Every bound stands in one list, however long.
      .filter((file) => file.path !== 'src/memory/limits.ts')
      .map((file) => ({ path: file.path, lines: file.text.split('\n').length }))
      .filter(({ lines }) => lines > 400);
    expect(offenders).toEqual([]);
  });

  test('no transaction awaits: what lies between BEGIN and COMMIT is synchronous', () => {
    const offenders = shipped
      .filter((file) => file.path.startsWith('src/store/sqlite/'))
      .filter((file) =>
        /\.transaction\(\s*async|BEGIN[\s\S]*?\bawait\b[\s\S]*?COMMIT/.test(withoutComments(file.text)),
      );
    expect(offenders.map((file) => file.path)).toEqual([]);
  });

  test('the project names no machine path', () => {
    const offenders = [...sources, ...filesUnder('test'), ...filesUnder('scripts')].filter((file) =>
      /\/(?:home|root|Users|work)\/[a-z]/.test(file.text.replace('/(?:home|root|Users|work)', '')),
    );
    expect(offenders.map((file) => file.path)).toEqual([]);
  });
});

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

function filesUnder(folder: string): SourceFile[] {
  const found: SourceFile[] = [];
  walk(join(root, folder));
  return found;

  function walk(directory: string): void {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== 'node_modules') walk(path);
      } else if (/\.(?:ts|mjs)$/.test(entry.name)) {
        found.push({ path: relative(root, path), text: readFileSync(path, 'utf8') });
      }
    }
  }
}

/** The room of a file under src, or null for the composition roots. */
function roomOf(path: string): string | null {
  const [top, room, ...rest] = path.split('/');
  return top === 'src' && room !== undefined && rest.length > 0 ? room : null;
}

function specifiersOf(file: SourceFile): string[] {
  const text = withoutComments(file.text);
  const found = [...text.matchAll(/(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1],
  );
  const dynamic = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)].map((match) => match[1]);
  return [...found, ...dynamic].filter((from) => from !== undefined);
}

/** Import targets as paths from the root. */
function importsOf(file: SourceFile): string[] {
  return specifiersOf(file)
    .filter((from) => from.startsWith('.'))
    .map((from) => relative(root, join(root, dirname(file.path), from)));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function topLevelLines(text: string): string[] {
  return withoutComments(text)
    .split('\n')
    .filter((line) => /^\S/.test(line));
}
