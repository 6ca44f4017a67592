import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { z } from 'zod';
import { endpoints, openApiDocument, placeOf } from '../../src/api/openapi.ts';
import { problem } from '../../src/api/schemas-upkeep-answers.ts';
import { loadConfig } from '../../src/config.ts';
import type { Json } from '../../src/memory/episode.ts';
import { limits } from '../../src/memory/limits.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { type Ids, seededStore } from './fuzz-store.ts';
import { newRandom, newValues, type Schema, type Values } from './fuzz-values.ts';

/**
 * Every address of the real server is asked for with what the document says it takes, with what is at the edge of that and
 * with what is not. Nothing may answer otherwise than is documented, and nothing with a fault of the server.
 */
const requests = 5_000;
const seed = 20_260_101;
const atOnce = 8;

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema?: Schema;
  readonly content?: Record<string, { readonly schema: Schema }>;
}

interface Operation {
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly required: boolean; readonly content: Record<string, { readonly schema: Schema }> };
  readonly responses: Record<string, { readonly $ref?: string; readonly content?: Record<string, unknown> }>;
}

const document = JSON.parse(JSON.stringify(openApiDocument({ version: '1' }))) as {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema> };
};

let folder: string;
let server: RunningServer;
let key: string;
const failures: unknown[] = [];
let seen: Ids;
const deliveries: string[] = [];
/** The last export that came. */
let exported = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecphory-fuzz-'));
  const database = join(folder, 'memory.db');
  const seeded = await seededStore(database);
  key = seeded.key;
  seen = seeded.ids;
  const quiet = () => {};
  server = await startServer(loadConfig({ port: '0', database }, { ECPHORY_CONSOLIDATION: 'off' }), {
    log: { debug: quiet, info: quiet, warn: quiet, error: (fields) => failures.push(fields) },
  });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

test(`${requests} requests get no answer that is not documented`, { timeout: 300_000 }, async () => {
  const random = newRandom(seed);
  const values = newValues({ random, named: document.components.schemas, known: knownValues });
  // Not served unless it is asked for.
  const routes = Object.keys(endpoints).filter((route) => route !== 'GET /metrics');
  const faults: string[] = [];
  const statuses: Record<string, Set<number>> = {};
  for (let sent = 0; sent < requests; sent += atOnce) {
    const group = Array.from({ length: atOnce }, (_, index) => {
      const route = routes[(sent + index) % routes.length] ?? '';
      return { route, asked: askedOf(route, values) };
    });
    await Promise.all(
      group.map(async ({ route, asked }) => {
        const { status, fault } = await answerTo(route, asked).catch((error: unknown) => ({
          status: 0,
          fault: `No answer: ${String(error)} ${JSON.stringify(failures.map((one) => String((one as { err?: unknown }).err)))}`,
        }));
        statuses[route] = (statuses[route] ?? new Set()).add(status);
        if (fault !== null) faults.push(`${route} ${status}: ${fault} <- ${JSON.stringify(asked).slice(0, 600)}`);
      }),
    );
    if (faults.length > 20) break;
  }
  expect(faults).toEqual([]);
  expect(failures).toEqual([]);
  // Otherwise nothing was tried but refusals.
  const neverGood = Object.entries(statuses).filter(([, found]) => ![...found].some((status) => status < 300));
  expect(neverGood.map(([route]) => route)).toEqual([]);
  expect(Object.keys(statuses).sort()).toEqual([...routes].sort());
});

interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Half of the requests are what the document asks for; of the others something is wrong with the values or around them. */
function askedOf(route: string, values: Values): Asked {
  const { method, path } = placeOf(route);
  const operation = document.paths[path]?.[method.toLowerCase()];
  if (operation === undefined) throw new Error(`${route} is not in the document.`);
  const isBroken = values.pick([true, false]);
  const query = new URLSearchParams();
  const headers: Record<string, string> = { Authorization: `Bearer ${key}` };
  let address = path;
  for (const parameter of operation.parameters) {
    const schema = parameter.schema ?? parameter.content?.['application/json']?.schema ?? {};
    const value = isBroken && values.pick([true, false]) ? values.broken(schema) : values.valid(schema, parameter.name);
    if (parameter.in === 'path')
      address = address.replace(`{${parameter.name}}`, encodedPart(idFor(path, parameter.name, values, value)));
    else if (!parameter.required && values.pick([true, true, false])) continue;
    else if (parameter.in === 'header') headers[parameter.name] = values.pick(headerValues);
    else
      for (const one of parameter.schema?.type === 'array' ? [value].flat() : [value])
        query.append(parameter.name, textOf(one));
  }
  const strange = isBroken ? values.pick(strangeQueries) : '';
  const search = [query.toString(), strange].filter((part) => part !== '').join('&');
  const wanted = search === '' ? address : `${address}?${search}`;
  if (isBroken && values.pick([true, ...Array<boolean>(14).fill(false)]))
    headers.Authorization = values.pick(wrongKeys);
  if (path === '/mcp') headers.Accept = values.pick(['application/json, text/event-stream', 'text/html']);

  if (operation.requestBody?.content['application/x-ndjson'] !== undefined) {
    headers['Content-Type'] = values.pick(['application/x-ndjson', 'application/x-ndjson', 'application/json']);
    return { path: wanted, headers, body: isBroken ? values.pick(strangeLines) : exported };
  }
  const content = operation.requestBody?.content['application/json'];
  if (content === undefined || (operation.requestBody?.required === false && values.pick([true, false]))) {
    return { path: wanted, headers };
  }
  headers['Content-Type'] = 'application/json';
  if (path === '/mcp' && !isBroken) return { path: wanted, headers, body: JSON.stringify(values.pick(mcpMessages)) };
  if (isBroken && values.pick([true, ...Array<boolean>(9).fill(false)])) {
    const [type, body] = values.pick(strangeBodies);
    return { path: wanted, headers: { ...headers, 'Content-Type': type }, body };
  }
  const body = isBroken ? values.broken(content.schema) : values.valid(content.schema);
  return { path: wanted, headers, body: JSON.stringify(body) };
}

async function answerTo(
  route: string,
  { path, headers, body }: Asked,
): Promise<{ status: number; fault: string | null }> {
  const { method, path: template } = placeOf(route);
  const stop = new AbortController();
  const send = () =>
    fetch(server.url + path, { method, headers, signal: stop.signal, ...(body !== undefined && { body }) });
  // A connection that idled is closed by the server at its time, which may be the moment in which it is used again.
  const response = await send().catch(send);
  const { status } = response;
  const type = (response.headers.get('Content-Type') ?? '').split(';')[0];
  if (type === 'text/event-stream') {
    stop.abort();
    return { status, fault: status === 200 ? null : 'A stream of a refusal.' };
  }
  const text = await response.text();
  if (status >= 500) return { status, fault: text };
  const documented = document.paths[template]?.[method.toLowerCase()]?.responses[status];
  if (documented === undefined) return { status, fault: `Not documented: ${text.slice(0, 300)}` };
  // Another protocol: what its answers look like is its own.
  if (template === '/mcp') return { status, fault: null };
  if (status >= 400) {
    if (type !== 'application/problem+json') return { status, fault: `${type} for a problem` };
    return { status, fault: differenceFrom(problem, JSON.parse(text)) };
  }
  const answer = endpoints[route]?.answers[status];
  if ((answer?.contentType ?? 'application/json') !== type) return { status, fault: `Of type ${type}` };
  if (type === 'application/x-ndjson' && text.length < 200_000) exported = text;
  if (answer?.schema === undefined || answer.schema === null) return { status, fault: null };
  const value = JSON.parse(text) as Json;
  remember(template, value);
  return { status, fault: differenceFrom(answer.schema, value) };
}

/** Where an answer is not what its schema says, or says more; null when it is all that and nothing else. */
function differenceFrom(schema: z.ZodType, value: unknown): string | null {
  const { success, data, error } = schema.safeParse(value);
  if (!success) return error.message;
  // What the schema does not know has been left out of `data`.
  return isSame(data, value) ? null : `Says more than its schema: ${JSON.stringify(value).slice(0, 400)}`;
}

function isSame(left: unknown, right: unknown): boolean {
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return left === right;
  const names = Object.keys(right);
  if (Object.keys(left).length !== names.length) return false;
  return names.every((name) => isSame((left as Schema)[name], (right as Schema)[name]));
}

function remember(template: string, value: Json): void {
  const text = JSON.stringify(value);
  for (const [what, pattern] of [
    ['memory', /"id":"(note_\w+)"/],
    ['entity', /"id":"(entity_\w+)"/],
    ['operation', /"id":"(job_\w+)"/],
    ['run', /"id":"(run_\w+)"/],
    ['webhook', /"id":"(webhook_\w+)"/],
  ] as const) {
    const id = pattern.exec(text)?.[1];
    if (id !== undefined && seen[what].length < 500) seen[what].push(id);
  }
  const delivery = /"id":"(msg_\w+)","webhook_id":"(webhook_\w+)"/.exec(text);
  if (delivery !== null) deliveries.push(delivery[1] ?? '');
  // Not those of a list: the key of this test is among them.
  const made = template.startsWith('/v1/keys') ? /^\{"key":\{"id":"(\w+)"/.exec(text)?.[1] : undefined;
  if (made !== undefined) seen.key.push(made);
}

function knownValues(name: string): readonly string[] | null {
  if (name === 'namespace') return ['users/alice', 'users/alice', 'users/bob', 'users/**', 'users/alice/work'];
  if (name === 'namespaces') return ['users/alice', 'team'];
  if (name === 'center') return [...seen.memory.slice(-20), ...seen.entity];
  if (name === 'entity') return [...seen.entity, 'Ana', 'Lisbon'];
  if (name === 'superseded_by' || name === 'id') return seen.memory.slice(-20);
  // A name that nobody has.
  if (name === 'url') return ['https://hooks.invalid/memory'];
  if (name === 'subject') return ['Ana', 'user', 'Ben'];
  if (name === 'attribute') return ['residence', 'occupation'];
  if (name === 'session' || name === 'session_id') return ['monday', 'tuesday'];
  return null;
}

function idFor(path: string, name: string, { pick }: Values, otherwise: Json): string {
  const room = /^\/v1\/(\w+)/.exec(path)?.[1] ?? '';
  const rooms: Record<string, readonly string[]> = {
    memories: seen.memory.slice(-30),
    entities: seen.entity,
    operations: seen.operation.slice(-30),
    consolidations: seen.run,
    keys: seen.key.slice(-5),
    webhooks: seen.webhook.slice(-30),
    sessions: ['monday', 'tuesday'],
  };
  const found = name === 'delivery' ? deliveries.slice(-30) : (rooms[room] ?? []);
  return found.length > 0 && pick([true, true, true, false]) ? pick(found) : textOf(otherwise).slice(0, 200);
}

/** A part of a path that is empty or only dots would be another address. */
function encodedPart(text: string): string {
  return /^\.*$/.test(text) ? 'none' : encodeURIComponent(text.toWellFormed());
}

function textOf(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.slice(0, 2_000).toWellFormed();
}

const headerValues = ['"1"', '"2"', '*', 'W/"1"', '1', '"', 'a b', 'one', 'two', 'x'.repeat(300), '0-queued-0'];
const wrongKeys = ['', 'Bearer', 'Bearer nothing', 'Basic YTpi', `Bearer ecphory_aaaaaaaaaaaa_${'a'.repeat(43)}`];
const strangeQueries = [
  '',
  '',
  '',
  '',
  'nope=1',
  '%ff=1',
  'limit=%00',
  'namespace=a&namespace=b',
  'limit=',
  'state=x,y',
  'a[b]=c',
];
const strangeBodies: readonly (readonly [string, string])[] = [
  ['text/plain', 'hello'],
  ['application/json; charset=latin1', '{}'],
  ['application/json', '{'],
  ['application/json', ''],
  ['application/json', '[]'],
  ['application/json', 'null'],
  ['application/json', '{"a":1,"a":2}'],
  ['application/json', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ['application/json', `{"text":"${'x'.repeat(limits.bodyBytes)}"}`],
];
const strangeLines = [
  '',
  '{}',
  '{"type":"header"}',
  'not json',
  '{"type":"header","format":"ecphory","version":99}',
  '\u0000',
];
const mcpMessages: readonly Json[] = [
  { jsonrpc: '2.0', id: 1, method: 'tools/list' },
  { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'search_memory', arguments: { query: 'Ana' } } },
  { jsonrpc: '2.0', method: 'notifications/initialized' },
  { jsonrpc: '2.0', id: 3, method: 'nothing' },
];
