import type { McpServer, StandardSchemaWithJSON, ToolAnnotations } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { failureText } from './failure.ts';
import type { McpServing } from './server.ts';

export interface ToolAbout<Input extends z.ZodObject, Output extends z.ZodObject> {
  readonly title: string;
  readonly description: string;
  readonly annotations: ToolAnnotations;
  readonly input: Input;
  readonly output: Output;
}

export interface ToolAnswer<Output> {
  /** What programs read. */
  readonly structured: Output;
  /** The same for a model. */
  readonly text: string;
}

/** A tool over no memory yet. Made once: schemas are dear to make and to turn into JSON Schema. */
export interface Tool {
  readonly name: string;
  readonly config: {
    readonly title: string;
    readonly description: string;
    readonly annotations: ToolAnnotations;
    readonly inputSchema: StandardSchemaWithJSON;
    readonly outputSchema: StandardSchemaWithJSON;
  };
  readonly run: (serving: McpServing, given: unknown) => Promise<ToolAnswer<Record<string, unknown>>>;
}

export function newTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  name: string,
  { input, output, ...about }: ToolAbout<Input, Output>,
  run: (serving: McpServing, given: z.output<Input>) => Promise<ToolAnswer<z.output<Output>>>,
): Tool {
  return {
    name,
    config: { ...about, inputSchema: input, outputSchema: output },
    // Checked by the library already, which answers what is not valid; parsed once more for its type.
    run: (serving, given) => run(serving, input.parse(given)),
  };
}

/** Whatever goes wrong in a tool is the tool's answer, marked as an error, so that the model can do better. */
export function registerTool(server: McpServer, { name, config, run }: Tool, serving: McpServing): void {
  server.registerTool(name, config, async (given: unknown) => {
    try {
      const { structured, text } = await run(serving, given);
      return { structuredContent: structured, content: [{ type: 'text', text }] };
    } catch (error) {
      return { isError: true, content: [{ type: 'text', text: failureText(error, serving.onFailure) }] };
    }
  });
}
