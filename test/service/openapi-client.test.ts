import { expect, test } from 'vitest';
import type { z } from 'zod';
import { exampleOf } from '../../src/api/docs-example.ts';
import { endpoints, openApiDocument, placeOf } from '../../src/api/openapi.ts';
import { newClient } from '../../src/sdk/client.ts';
import { fromWire, toWire } from '../../src/sdk/wire.ts';

/**
 * The client and the document cannot drift apart: each method is called with every field that the document knows, and what it
 * sends must be the call of its name in the document, with every one of these fields under its name on the wire.
 */
interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly body: unknown;
  readonly headers: Headers;
}

type Wire = Readonly<Record<string, unknown>>;

const document = JSON.parse(JSON.stringify(openApiDocument({ version: '1' }))) as {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Parameters<typeof exampleOf>[0]> };
};

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: Parameters<typeof exampleOf>[0] }> };
  readonly responses: Record<
    string,
    { readonly content?: Record<string, { readonly schema: Parameters<typeof exampleOf>[0] }> }
  >;
}

/** What the client does not do: keys and the server itself are the operator's, progress comes with `consolidate`. */
const notOfTheClient = ['operationEvents', 'listKeys', 'createKey', 'revokeKey', 'rotateKey', 'audit'];
const notOfTheMemory = ['livez', 'readyz', 'metrics', 'openapi', 'docs', 'mcp'];

const id = 'note_01hv4k8x2m7q0r9d3c5b6a7f8e';

/** One line of an export. */
const exported = '{"type":"header"}';

/** How a method is called with what goes into its body or query string. All others take that as their only argument. */
const calls: Readonly<Record<string, (input: Wire) => readonly unknown[]>> = {
  addBatch: (input) => [input.items, { idempotencyKey: 'k' }],
  add: (input) => [input, { idempotencyKey: 'k' }],
  addFact: (input) => [input, { idempotencyKey: 'k' }],
  get: () => [id],
  history: () => [id],
  restore: () => [id],
  retention: () => [id],
  related: () => [id],
  entity: () => [id],
  operation: () => [id],
  run: () => [id],
  revertRun: () => [id],
  retryOperation: () => [id],
  cancelOperation: () => [id],
  update: (input) => [id, input, { ifVersion: 3 }],
  delete: () => [id, { hard: true, ifVersion: 3 }],
  invalidate: (input) => [id, input],
  policy: (input) => [input.namespace],
  stats: (input) => [input.namespace],
  messages: (input) => [{ ...input, sessionId: 'monday' }],
  list: ({ state, ...input }) => [{ ...input, states: state }],
  webhook: () => [id],
  webhooks: () => [],
  updateWebhook: (input) => [id, input],
  deleteWebhook: () => [id],
  rotateWebhookSecret: () => [id],
  deliveries: (input) => [id, input],
  replayDelivery: () => [id, id],
  events: ({ type, ...input }) => [{ ...input, types: type }],
  import: () => [[exported]],
  operations: ({ state, ...input }) => [{ ...input, states: state }],
};

test('every call of the document is a method of the client, and the other way round', () => {
  const ids = Object.values(endpoints).map((endpoint) => endpoint.id);
  const methods = Object.keys(newClient({ baseUrl: 'http://localhost', apiKey: 'k' }));
  expect([...methods, ...notOfTheClient, ...notOfTheMemory].sort()).toEqual(ids.sort());
});

test.each(Object.entries(endpoints).filter(([, endpoint]) => isOfTheClient(endpoint.id)))(
  '%s: the client sends what is documented',
  async (route, endpoint) => {
    const sent: Sent[] = [];
    const { method, path } = placeOf(route);
    const operation = document.paths[path]?.[method.toLowerCase()] as Operation;
    const answer = answerOf(operation);
    const client = newClient({
      baseUrl: 'http://localhost',
      apiKey: 'k',
      retries: 0,
      fetch: async (input, init) => {
        sent.push({
          method: init?.method ?? 'GET',
          url: new URL(String(input)),
          body: typeof init?.body === 'string' ? (JSON.parse(init.body) as unknown) : undefined,
          headers: new Headers(init?.headers),
        });
        return streamOf(operation) ?? new Response(JSON.stringify(answer));
      },
    }) as unknown as Record<string, (...given: readonly unknown[]) => unknown>;

    const bodySchema = endpoint.body?.schema;
    const everything = everyField(bodySchema ?? endpoint.query);
    const input = fromWire(everything) as Wire;
    const given = calls[endpoint.id]?.(input) ?? [input];
    const called: unknown = client[endpoint.id]?.(...given);
    const result = isStream(called)
      ? await called[Symbol.asyncIterator]()
          .next()
          .catch(() => null)
      : await called;

    expect(sent).toHaveLength(1);
    const [{ url, headers, ...one }] = sent as [Sent];
    expect(one.method).toBe(method);
    expect(url.pathname).toMatch(new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`));
    if (endpoint.body?.contentType !== undefined) expect(one.body).toEqual(JSON.parse(exported));
    else if (bodySchema !== undefined && endpoint.body?.isOptional !== true) expect(one.body).toEqual(everything);
    if (endpoint.query !== undefined) {
      const names = Object.keys(endpoint.query.shape);
      expect([...new Set(url.searchParams.keys())].sort()).toEqual(names.sort());
    } else expect(url.search).toBe('');
    // Events go on by a parameter of the query string instead.
    const documented = operation.parameters
      .filter((parameter) => parameter.in === 'header')
      .map(({ name }) => name)
      .filter((name) => name !== 'Last-Event-ID');
    expect(documented.filter((name) => headers.has(name))).toEqual(documented);
    // Nothing of an answer keeps a name of the wire.
    expect(JSON.stringify(result ?? null)).not.toMatch(/"[a-z]+_[a-z_]+":/);
    expect(JSON.stringify(toWire(fromWire(answer)))).toBe(JSON.stringify(answer));
  },
);

test('every name of the document has a name in the client', () => {
  const names = new Set(
    Object.entries(document.components.schemas)
      .filter(([name]) => name !== 'Problem')
      .flatMap(([, schema]) => propertyNames(schema)),
  );
  const unrenamed = [...names].filter((name) => Object.keys(fromWire({ [name]: 1 }) as object)[0]?.includes('_'));
  const camel = [...names].filter((name) => /[a-z][A-Z]/.test(name));
  expect({ unrenamed, camel }).toEqual({ unrenamed: [], camel: [] });
});

function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function isOfTheClient(endpointId: string): boolean {
  return ![...notOfTheClient, ...notOfTheMemory].includes(endpointId);
}

function answerOf(operation: Operation) {
  const [, response] = Object.entries(operation.responses).find(([status]) => status.startsWith('2')) ?? [];
  return exampleOf(response?.content?.['application/json']?.schema ?? {}, document.components.schemas);
}

/** An answer that comes as it goes: one event, or one line. */
function streamOf({ responses }: Operation): Response | null {
  const [type = ''] = Object.keys(responses[200]?.content ?? {});
  if (type === 'application/json' || type === '') return null;
  const event = `id: 1\nevent: memory.created\ndata: {"id":"1","memory_id":"${id}"}\n\n`;
  const body = type === 'text/event-stream' ? event : exported;
  return new Response(body, { headers: { 'Content-Type': type } });
}

/** An example of a schema with every field there is, those that may be left out too. Of several forms, the first. */
function everyField(schema: z.ZodType | undefined): Wire {
  if (schema === undefined) return {};
  return anyValueOf(schema) as Wire;
}

function anyValueOf(schema: z.ZodType): unknown {
  const { def } = schema as unknown as { readonly def: Definition };
  switch (def.type) {
    case 'optional':
    case 'nullable':
      return def.innerType === undefined ? null : anyValueOf(def.innerType);
    case 'object':
      return Object.fromEntries(Object.entries(def.shape ?? {}).map(([name, field]) => [name, anyValueOf(field)]));
    case 'union':
      return def.options?.[0] === undefined ? null : anyValueOf(def.options[0]);
    case 'array':
      return def.element === undefined ? [] : [anyValueOf(def.element)];
    case 'enum':
      return Object.values(def.entries ?? {})[0];
    case 'number':
      return 1;
    case 'boolean':
      return true;
    case 'custom':
      return { topic: 'travel' };
    default:
      return '2024-05-08';
  }
}

interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly shape?: Record<string, z.ZodType>;
  readonly options?: readonly z.ZodType[];
  readonly element?: z.ZodType;
  readonly entries?: Record<string, string>;
}

function propertyNames(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(propertyNames);
  if (schema === null || typeof schema !== 'object') return [];
  return Object.entries(schema).flatMap(([name, inner]) => [
    ...(name === 'properties' && inner !== null ? Object.keys(inner as object) : []),
    ...(name === 'examples' ? [] : propertyNames(inner)),
  ]);
}
