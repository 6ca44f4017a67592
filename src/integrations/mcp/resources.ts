import {
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import { limits } from '../../memory/limits.ts';
import type { Memory } from '../../memory/service.ts';
import { failureText, knownError } from './failure.ts';
import { cut } from './fenced.ts';
import { wholeMemoryView } from './memory-view.ts';
import type { McpServing } from './server.ts';

/** Each memory as `memory://{id}`: JSON, in which no text can pass for anything else. The newest are listed. */
export function registerResources(server: McpServer, { memory, namespace, onFailure }: McpServing): void {
  const template = new ResourceTemplate('memory://{id}', {
    list: async () => {
      try {
        const page = await memory.list({ namespace, limit: limits.mcpMemoriesDefault });
        return { resources: page.data.map(resourceOf) };
      } catch (error) {
        throw protocolError(error, onFailure);
      }
    },
  });
  server.registerResource(
    'memory',
    template,
    { title: 'A memory', description: 'One memory by its id.', mimeType },
    async (uri, { id }) => {
      try {
        const view = wholeMemoryView(await memory.get(typeof id === 'string' ? id : ''));
        return { contents: [{ uri: uri.href, mimeType, text: JSON.stringify(view) }] };
      } catch (error) {
        if (knownError(error, () => {}).code === 'not_found') throw new ResourceNotFoundError(uri.href);
        throw protocolError(error, onFailure);
      }
    },
  );
}

/** For what is no tool: a failure is one of the protocol, with as little in it. */
export function protocolError(error: unknown, onFailure: (cause: unknown) => void): ProtocolError {
  const code =
    knownError(error, () => {}).code === 'invalid' ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError;
  return new ProtocolError(code, failureText(error, onFailure));
}

const mimeType = 'application/json';

function resourceOf(memory: Memory) {
  const name = cut(memory.text.replace(/\s+/g, ' '), limits.mcpNameCharacters);
  return { uri: `memory://${memory.id}`, name: name === '' ? memory.id : name, mimeType };
}
