import { z } from 'zod';
import type { Json } from '../memory/episode.ts';
import { errorStatus, errorTitle } from '../sdk/error-status.ts';
import {
  type AnswerShape,
  type Endpoint,
  type Endpoints,
  type HeaderName,
  problemStatuses,
} from './openapi-endpoint.ts';
import { exchangeEndpoints } from './openapi-exchange.ts';
import { knowledgeEndpoints } from './openapi-knowledge.ts';
import { memoryEndpoints } from './openapi-memories.ts';
import { namedSchemas } from './openapi-schemas.ts';
import { serverEndpoints, upkeepEndpoints } from './openapi-upkeep.ts';

/**
 * Every endpoint, by its method and address as Express takes it. A new one is a line in the file of its room; a test finds
 * what is missing here or not served.
 */
export const endpoints: Endpoints = {
  ...memoryEndpoints,
  ...knowledgeEndpoints,
  ...upkeepEndpoints,
  ...exchangeEndpoints,
  ...serverEndpoints,
};

type JsonObject = { readonly [key: string]: Json };

/** The interface as an OpenAPI 3.1 document, made from the schemas that requests are checked by. */
export function openApiDocument({ version }: { readonly version: string }): JsonObject {
  const written = writtenSchemas();
  const paths: Record<string, Record<string, Json>> = {};
  for (const [route, endpoint] of Object.entries(endpoints)) {
    const { method, path } = placeOf(route);
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(route, endpoint, written) };
  }
  const rooms = [...new Set(Object.values(endpoints).map(({ room }) => room))];
  return {
    openapi: '3.1.1',
    info: {
      title: 'Ecphory',
      version,
      summary: 'Long-term memory for AI agents.',
      description:
        'Send a key as `Authorization: Bearer ecphory_...`; it names the tenant. Bodies are JSON in UTF-8, names are ' +
        'snake_case, times ISO 8601 in UTC. What is unknown in a request is refused, and what goes wrong is told as ' +
        'problem details (RFC 9457). Fields may be added to answers: pass over those that you do not know.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: rooms.map((name) => ({ name })),
    paths,
    webhooks: webhooks(),
    components: {
      schemas: written.named,
      responses: problemResponses(),
      headers: {
        ETag: { description: 'The entity tag, for `If-Match`.', schema: { type: 'string' } },
        Location: { description: 'The address of what was made.', schema: { type: 'string' } },
      },
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'An API key of Ecphory.' } },
    },
  };
}

/** What a webhook is told: signed as Standard Webhooks says, once for each event. */
function webhooks(): JsonObject {
  const headers = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  return {
    event: {
      post: {
        operationId: 'receiveEvent',
        tags: ['Events'],
        summary: 'One event',
        parameters: headers.map((name) => ({ name, in: 'header', required: true, schema: { type: 'string' } })),
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/MemoryEvent' } } } },
        responses: { '2XX': { description: 'It was taken; anything else is tried again.' } },
      },
    },
  };
}

/** `GET /v1/memories/:id` as `{id}`, the way OpenAPI writes it. */
export function placeOf(route: string): { readonly method: string; readonly path: string } {
  const [method = '', address = ''] = route.split(' ');
  return { method, path: address.replaceAll(/:(\w+)/g, '{$1}') };
}

function operationOf(route: string, endpoint: Endpoint, written: Written): JsonObject {
  const { id, room, summary, detail, scope, body } = endpoint;
  const needs = scope === null ? [] : [`Needs a key with scope \`${scope}\`.`];
  return {
    operationId: id,
    tags: [room],
    summary,
    description: [...(detail === undefined ? [] : [detail]), ...needs].join('\n\n'),
    security: scope === null ? [] : [{ key: [scope] }],
    parameters: parametersOf(route, endpoint, written),
    ...(body !== undefined && {
      requestBody: {
        required: body.isOptional !== true,
        content: { [body.contentType ?? 'application/json']: { schema: written.of(body.schema) } },
      },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(endpoint.answers).map(([status, answer]) => [status, responseOf(answer, written)]),
      ),
      ...Object.fromEntries(
        problemStatuses(route, endpoint).map((status) => [status, { $ref: `#/components/responses/${status}` }]),
      ),
    },
  };
}

function responseOf(answer: AnswerShape, written: Written): JsonObject {
  const { description, schema, contentType = 'application/json', headers = [] } = answer;
  return {
    description,
    ...(headers.length > 0 && {
      headers: Object.fromEntries(headers.map((name) => [name, { $ref: `#/components/headers/${name}` }])),
    }),
    content: { [contentType]: { schema: schema === null ? { type: 'string' } : written.of(schema) } },
  };
}

function parametersOf(route: string, { query, headers = [] }: Endpoint, written: Written): Json[] {
  const inPath = [...route.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: name === 'id' ? { type: 'string', pattern: '^[0-9A-Za-z_-]{1,64}$' } : { type: 'string', minLength: 1 },
  }));
  return [
    ...inPath,
    ...(query === undefined ? [] : queryParameters(written.of(query))),
    ...headers.map((name) => headerTable[name]),
  ];
}

/** A list is a repeated name; an object is JSON in the value. */
function queryParameters(query: JsonObject): Json[] {
  const { properties = {}, required = [] } = query as {
    readonly properties?: Readonly<Record<string, JsonObject>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description !== undefined && { description }),
    ...(schema.type === 'object' ? { content: { 'application/json': { schema } } } : { schema }),
  }));
}

const headerTable: Readonly<Record<HeaderName, JsonObject>> = {
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'A repeat with the same key and body gives the first answer and stores nothing. Kept for 24 hours.',
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]+$' },
  },
  'If-Match': {
    name: 'If-Match',
    in: 'header',
    description: 'The entity tag that the memory must still have.',
    schema: { type: 'string', pattern: '^(?:\\*|"\\d{1,15}")$' },
  },
  'Last-Event-ID': {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'The id of the last event that was seen: the stream goes on behind it.',
    schema: { type: 'string' },
  },
};

function problemResponses(): JsonObject {
  const statuses = new Set(Object.entries(endpoints).flatMap(([route, endpoint]) => problemStatuses(route, endpoint)));
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      {
        description: problemTitle(status),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );
}

function problemTitle(status: number): string {
  if (status === 406) return 'The answer cannot be had in the form that was asked for';
  if (status === 415) return 'The body is not JSON in UTF-8';
  const [code] = Object.entries(errorStatus).find(([, known]) => known === status) ?? [];
  return errorTitle[code as keyof typeof errorTitle];
}

interface Written {
  /** Schemas with names of their own, by these. */
  readonly named: JsonObject;
  /** A schema in its place: a reference where it has a name. */
  of(schema: z.ZodType): JsonObject;
}

/** All schemas at once, because each pass over them goes through every name. */
function writtenSchemas(): Written {
  const names = new Map(Object.entries(namedSchemas).map(([name, schema]) => [schema, name]));
  const registry = z.registry<{ id: string }>();
  for (const [schema, name] of names) registry.add(schema, { id: name });
  const inPlace = new Map<z.ZodType, string>();
  for (const { query, body, answers } of Object.values(endpoints)) {
    for (const schema of [query, body?.schema, ...Object.values(answers).map((answer) => answer.schema)]) {
      if (schema === undefined || schema === null || names.has(schema) || inPlace.has(schema)) continue;
      inPlace.set(schema, `in place ${inPlace.size}`);
      registry.add(schema, { id: `in place ${inPlace.size - 1}` });
    }
  }
  const { schemas } = z.toJSONSchema(registry, { ...asWritten, uri: (name) => `#/components/schemas/${name}` });
  return {
    named: Object.fromEntries(Object.keys(namedSchemas).map((name) => [name, bare(schemas[name])])),
    of(schema) {
      const name = names.get(schema);
      if (name !== undefined) return { $ref: `#/components/schemas/${name}` };
      return bare(schemas[inPlace.get(schema) ?? '']);
    },
  };
}

/** Answers are open, as fields may be added to them; requests are closed by their own schemas. */
const asWritten = { io: 'input', unrepresentable: 'any' } as const;

/** Without what says where a schema that stands alone is from. */
function bare(schema: unknown): JsonObject {
  const { $schema: _, $id: __, ...rest } = schema as Record<string, Json>;
  return rest;
}
