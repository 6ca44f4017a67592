import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BetaMemoryTool20250818Command } from '@anthropic-ai/sdk/resources/beta';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryFiles } from '../../src/integrations/anthropic/memory-files.ts';
import { type OpenMemory, openMemoryInProcess } from '../integrations/open-memory.ts';
import { isInstalled, whyNot } from './installed.ts';

describe("Anthropic's memory tool in Anthropic's SDK", () => {
  let open: OpenMemory;
  beforeEach(async ({ skip }) => {
    skip(!isInstalled, whyNot);
    open = await openMemoryInProcess();
  });
  afterEach(() => open?.close());

  /*
   * Where we differ, and the commands are chosen so that it does not show: directories are there only while something
   * is in them (so one is never emptied), their size is that of what they hold (so sizes of directories are left out),
   * `old_str` may span lines, and a file cannot be made below a file (where a disk's own error would be told).
   */
  test('answers every command with the very words of the file backend that the SDK ships', async () => {
    const { BetaLocalFilesystemMemoryTool } = await import('@anthropic-ai/sdk/tools/memory/node');
    const folder = await mkdtemp(join(tmpdir(), 'ecphory-files-'));
    const file = fc.constantFrom('a.md', 'Z.md', 'é.md', 'dir/b.md', 'dir/sub/c.md', 'dir/sub/deep/d.md', 'x/.hidden');
    const path = fc.oneof(
      { weight: 5, arbitrary: file.map((name) => `/memories/${name}`) },
      fc.constantFrom('/memories', '/memories/dir', '/memories/dir/sub', '/memories/none', '/etc', '/memories/../x'),
    );
    const target = file.map((name) => `/memories/${name}`);
    const text = fc
      .array(fc.constantFrom('one', 'two', '', 'drei ü'), { maxLength: 5 })
      .map((lines) => lines.join('\n'));
    const command: fc.Arbitrary<BetaMemoryTool20250818Command> = fc.oneof(
      { weight: 3, arbitrary: fc.record({ command: fc.constant('create' as const), path: target, file_text: text }) },
      {
        weight: 2,
        arbitrary: fc.record(
          {
            command: fc.constant('view' as const),
            path,
            view_range: fc.constantFrom<number[]>([1, 2], [2, -1], [0, 1], [4, 9]),
          },
          { requiredKeys: ['command', 'path'] },
        ),
      },
      fc.record({
        command: fc.constant('str_replace' as const),
        path,
        old_str: fc.constantFrom('one', 'two', 'drei', 'ü', 'nowhere'),
        new_str: text,
      }),
      fc.record({
        command: fc.constant('insert' as const),
        path,
        insert_line: fc.integer({ min: -1, max: 6 }),
        insert_text: fc.constantFrom('new', 'new\n', 'two\nlines\n'),
      }),
      fc.record({ command: fc.constant('delete' as const), path: target }),
      fc.record({ command: fc.constant('rename' as const), old_path: target, new_path: target }),
    );
    let run = 0;
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(command, { minLength: 6, maxLength: 20 }), async (commands) => {
          run += 1;
          const theirs = await BetaLocalFilesystemMemoryTool.init(join(folder, String(run)));
          const ours = memoryFiles(open.memory, { namespace: `run/${run}` });
          // So that no directory becomes empty.
          for (const directory of ['', 'dir/', 'dir/sub/', 'dir/sub/deep/', 'x/']) {
            const keep = { command: 'create' as const, path: `/memories/${directory}keep`, file_text: 'keep' };
            expect(await ours.create(keep)).toBe(await theirs.create(keep));
          }
          for (const one of commands) expect(await said(ours, one)).toBe(await said(theirs, one));
          const all = { command: 'view' as const, path: '/memories' };
          expect(await said(ours, all)).toBe(await said(theirs, all));
        }),
        { numRuns: 25 },
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('is told to Claude by the tool runner, with what went wrong marked as an error', async () => {
    const { default: Anthropic } = await import('@anthropic-ai/sdk');
    const { betaMemoryTool } = await import('@anthropic-ai/sdk/helpers/beta/memory');
    const requests: { readonly tools: unknown; readonly messages: readonly { readonly content: unknown }[] }[] = [];
    const inputs: unknown[] = [
      { command: 'view', path: '/memories/none' },
      { command: 'create', path: '/memories/a.md', file_text: 'Words of Claude.' },
    ];
    const anthropic = new Anthropic({
      apiKey: 'none',
      fetch: async (_, init) => {
        requests.push(JSON.parse(String(init?.body)));
        const input = inputs.shift();
        return Response.json({
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'scripted',
          content:
            input === undefined
              ? [{ type: 'text', text: 'Done.' }]
              : [{ type: 'tool_use', id: `use_${inputs.length}`, name: 'memory', input }],
          stop_reason: input === undefined ? 'end_turn' : 'tool_use',
          stop_sequence: null,
          usage: { input_tokens: 1, output_tokens: 1 },
        });
      },
    });
    await anthropic.beta.messages.toolRunner({
      model: 'claude-sonnet-5-5',
      max_tokens: 100,
      tools: [betaMemoryTool(memoryFiles(open.memory, { namespace: 'users/alice' }))],
      messages: [{ role: 'user', content: 'Hello' }],
    });
    expect(requests[0]?.tools).toEqual([{ type: 'memory_20250818', name: 'memory' }]);
    expect(requests[1]?.messages.at(-1)?.content).toMatchObject([
      {
        is_error: true,
        content: 'Error: The path /memories/none does not exist. Please provide a valid path.',
      },
    ]);
    expect(requests[2]?.messages.at(-1)?.content).toMatchObject([
      { content: 'File created successfully at: /memories/a.md' },
    ]);
    expect((await open.memory.list({ namespace: 'users/alice' })).data).toMatchObject([{ text: 'Words of Claude.' }]);
  });
});

interface Backend {
  view(command: Extract<BetaMemoryTool20250818Command, { command: 'view' }>): Promise<string>;
  create(command: Extract<BetaMemoryTool20250818Command, { command: 'create' }>): Promise<string>;
  str_replace(command: Extract<BetaMemoryTool20250818Command, { command: 'str_replace' }>): Promise<string>;
  insert(command: Extract<BetaMemoryTool20250818Command, { command: 'insert' }>): Promise<string>;
  delete(command: Extract<BetaMemoryTool20250818Command, { command: 'delete' }>): Promise<string>;
  rename(command: Extract<BetaMemoryTool20250818Command, { command: 'rename' }>): Promise<string>;
}

async function said(backend: Backend, command: BetaMemoryTool20250818Command): Promise<string> {
  try {
    return withoutDirectorySizes(await carriedOut(backend, command));
  } catch (error) {
    return error instanceof Error ? `rejects: ${error.message}` : 'rejects';
  }
}

function carriedOut(backend: Backend, command: BetaMemoryTool20250818Command): Promise<string> {
  switch (command.command) {
    case 'view':
      return backend.view(command);
    case 'create':
      return backend.create(command);
    case 'str_replace':
      return backend.str_replace(command);
    case 'insert':
      return backend.insert(command);
    case 'delete':
      return backend.delete(command);
    case 'rename':
      return backend.rename(command);
  }
}

/** A disk says how large its own note of a directory is. */
function withoutDirectorySizes(text: string): string {
  if (!text.startsWith("Here're the files")) return text;
  return text.replace(/^\S+(\t\/memories(?:\/dir|\/dir\/sub)?$|\t.*\/$)/gm, '_$1');
}
