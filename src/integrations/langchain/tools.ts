import { type DynamicStructuredTool, type ToolRuntime, tool } from '@langchain/core/tools';
import type { MemoryService } from '../../memory/service.ts';
import { type MemoryToolName, memoryTools } from '../memory-tools/tools.ts';

export interface LangChainToolsOptions {
  /** Whose memory: a namespace, or how to tell it from the runtime of a call, such as from its `context`. */
  readonly namespace: string | ((runtime: CallRuntime) => string);
  /** All eight if left out. */
  readonly only?: readonly MemoryToolName[];
}

/** What a call of a tool is made with: `context` is what the agent was invoked with. */
export type CallRuntime = Pick<ToolRuntime, 'context'>;

/** The memory as LangChain tools. A call answers with text for the model, and the memories as its artifact. */
export function newMemoryTools(memory: MemoryService, options: LangChainToolsOptions): DynamicStructuredTool[] {
  const { namespace, only } = options;
  const choice = only === undefined ? {} : { only };
  // Bound to nobody: only their names and schemas are used, and those do not depend on who it is.
  return memoryTools(memory, { namespace: 'nobody', ...choice }).map(({ name, description, schema }) =>
    tool(
      async (input: Record<string, unknown>, runtime: ToolRuntime) => {
        const whose = typeof namespace === 'string' ? namespace : namespace(runtime);
        const [bound] = memoryTools(memory, { namespace: whose, only: [name] });
        if (bound === undefined) throw new Error(`There is no tool ${name}.`);
        const { text, memories } = await bound.run(input);
        return [text, memories];
      },
      { name, description, schema, responseFormat: 'content_and_artifact' },
    ),
  );
}
