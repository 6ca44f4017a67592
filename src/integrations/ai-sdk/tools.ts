import type { z } from 'zod';
import type { MemoryService } from '../../memory/service.ts';
import { type MemoryToolName, memoryTools } from '../memory-tools/tools.ts';

export interface AiSdkToolsOptions {
  /** Whose memory: the model cannot leave it. */
  readonly namespace: string;
  /** All eight if left out. */
  readonly only?: readonly MemoryToolName[];
}

/** A tool as `generateText({ tools })` takes it. */
export interface AiSdkTool {
  readonly description: string;
  readonly title: string;
  readonly inputSchema: z.ZodObject;
  /** Rejects with words for the model, which the SDK gives it as the error of the tool. */
  execute(input: unknown): Promise<string>;
}

/** The memory as tools of the AI SDK, by their names. */
export function newMemoryTools(memory: MemoryService, options: AiSdkToolsOptions): Record<string, AiSdkTool> {
  return Object.fromEntries(
    memoryTools(memory, options).map(({ name, title, description, schema, run }) => [
      name,
      {
        title,
        description,
        inputSchema: schema,
        async execute(input: unknown) {
          const { text, isError } = await run(input);
          if (isError) throw new Error(text);
          return text;
        },
      },
    ]),
  );
}
