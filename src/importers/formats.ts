import { parseChatGpt } from './chatgpt.ts';
import { parseClaude } from './claude.ts';
import { parseGraphiti } from './graphiti.ts';
import type { ParseFile } from './import-unit.ts';
import { parseLetta } from './letta.ts';
import { parseMem0 } from './mem0.ts';
import { parseServerMemory } from './server-memory.ts';

/** What can be imported, by the name that `ecphory import --format` takes. */
export const importFormats = ['mem0', 'letta', 'graphiti', 'server-memory', 'chatgpt', 'claude'] as const;
export type ImportFormat = (typeof importFormats)[number];

export const parserOf: Readonly<Record<ImportFormat, ParseFile>> = {
  mem0: parseMem0,
  letta: parseLetta,
  graphiti: parseGraphiti,
  'server-memory': parseServerMemory,
  chatgpt: parseChatGpt,
  claude: parseClaude,
};
