import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Json } from '../../memory/episode.ts';
import { EcphoryError } from '../../memory/errors.ts';
import type { Clock } from '../../memory/ids.ts';
import { limits } from '../../memory/limits.ts';
import type { MemoryService } from '../../memory/service.ts';
import { readJson } from '../body.ts';
import type { Door } from '../door.ts';
import { HttpRefusal } from '../http-refusal.ts';
import { parseQuery, singleValues } from '../query.ts';
import {
  addMemories,
  deleteEntity,
  deleteMemory,
  historyOf,
  listMemories,
  memoryOf,
  searchMemories,
  updateMemory,
} from './mem0-handlers.ts';
import {
  entityIdsIn,
  parseAddBody,
  parseBatchBody,
  parseListBody,
  parseSearchBody,
  parseUpdateBody,
} from './mem0-schemas.ts';
import { memoryView } from './mem0-view.ts';

export interface Mem0Parts {
  readonly door: Pick<Door, 'enter'>;
  readonly clock: Clock;
}

interface Mem0Call {
  readonly memory: MemoryService;
  /** Each name with its one value. */
  readonly query: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly path: string;
  param(name: string): string;
  json(): Promise<Json>;
}

type Mem0Handler = (call: Mem0Call) => Promise<object>;
type Method = 'get' | 'post' | 'put' | 'delete';

/**
 * The addresses of mem0: of its platform (`mem0ai` and other clients whose `host` is ours; versions 1 to 3) and of
 * its open edition's server (no version). To be mounted before our own: a platform request is told from one of ours
 * by `Authorization: Token ...`, so that `/v1/memories/` keeps its meaning for everyone else.
 */
export function newMem0Routes(parts: Mem0Parts): RequestHandler {
  const router = Router({ caseSensitive: true });
  const platform = Router({ caseSensitive: true });
  for (const [method, path, handler] of platformRoutes) platform[method](path, bridge(handler, parts));
  platform.use(async (request, response) => {
    await parts.door.enter(request, response, authorizationOf(request));
    throw new HttpRefusal(404, 'not_found', 'This part of mem0 is not offered here.');
  });
  router.use((request, response, next) => {
    const isPlatform =
      /^\/(?:v[123]|api)\//.test(request.path) && /^Token\s/i.test(request.headers.authorization ?? '');
    if (isPlatform) platform(request, response, next);
    else next();
  });
  for (const [method, path, handler] of serverRoutes) router[method](path, bridge(handler, parts));
  return router;
}

const inResults = (handler: (call: Mem0Call) => Promise<readonly object[]>): Mem0Handler => {
  return async (call) => ({ results: await handler(call) });
};

const platformRoutes: readonly (readonly [Method, string, Mem0Handler])[] = [
  ['get', '/v1/ping', async () => ({ status: 'ok', org_id: null, project_id: null, user_email: null })],
  ['post', '/v3/memories/add', inResults(add)],
  ['post', '/v3/memories/search', inResults(search)],
  ['post', '/v3/memories', async (call) => paged(call, await call.json())],
  ['post', '/v2/memories/search', async (call) => listOrResults(call, searchNamed)],
  ['post', '/v2/memories', async (call) => listOrPage(call, await call.json())],
  ['post', '/v1/memories/search', async (call) => listOrResults(call, searchNamed)],
  ['post', '/v1/memories', async (call) => listOrResults(call, addNamed)],
  ['get', '/v1/memories', async (call) => listOrPage(call, withoutPaging(call.query))],
  ['delete', '/v1/memories', removeAll],
  ['get', '/v1/memories/:id', one],
  ['put', '/v1/memories/:id', update],
  ['delete', '/v1/memories/:id', remove],
  ['get', '/v1/memories/:id/history', history],
  ['put', '/v1/batch', updateBatch],
  ['delete', '/v1/batch', removeBatch],
  ['delete', '/v1/entities/:type/:name', removeEntity],
  ['delete', '/v2/entities/:type/:name', removeEntity],
];

const serverRoutes: readonly (readonly [Method, string, Mem0Handler])[] = [
  ['post', '/memories', inResults(add)],
  ['get', '/memories', async (call) => ({ results: (await page(call, withoutPaging(call.query))).memories })],
  ['delete', '/memories', removeAll],
  ['get', '/memories/:id', one],
  ['put', '/memories/:id', update],
  ['delete', '/memories/:id', remove],
  ['get', '/memories/:id/history', history],
  ['post', '/search', inResults(search)],
];

async function add(call: Mem0Call) {
  return addMemories(call.memory, parseAddBody(await call.json()));
}

async function search(call: Mem0Call) {
  return searchMemories(call.memory, parseSearchBody(await call.json()));
}

async function addNamed(call: Mem0Call) {
  const body = parseAddBody(await call.json());
  return { format: body.output_format, list: await addMemories(call.memory, body) };
}

async function searchNamed(call: Mem0Call) {
  const body = parseSearchBody(await call.json());
  return { format: body.output_format, list: await searchMemories(call.memory, body) };
}

/** Versions 1 and 2 answer with a bare list unless `output_format` is v1.1. */
async function listOrResults(
  call: Mem0Call,
  handler: (
    call: Mem0Call,
  ) => Promise<{ readonly format?: string | null | undefined; readonly list: readonly object[] }>,
): Promise<object> {
  const { format, list } = await handler(call);
  return format === 'v1.1' ? { results: list } : list;
}

/** ... and with a page only when one was asked for. */
async function listOrPage(call: Mem0Call, body: Json): Promise<object> {
  const isPaged = call.query.page !== undefined || call.query.page_size !== undefined;
  return isPaged ? paged(call, body) : (await page(call, body)).memories;
}

async function paged(call: Mem0Call, body: Json): Promise<object> {
  const { memories, count, hasMore, number, size } = await page(call, body);
  const address = (to: number) => `${call.path}?page=${to}&page_size=${size}`;
  return {
    count,
    next: hasMore ? address(number + 1) : null,
    previous: number > 1 ? address(number - 1) : null,
    results: memories,
  };
}

async function page(call: Mem0Call, body: Json) {
  const number = wholeNumber(call.query, 'page', 1, limits.mem0Counted);
  const size = wholeNumber(call.query, 'page_size', limits.mem0PageDefault, limits.pageLimit);
  const found = await listMemories(call.memory, parseListBody(body), {
    page: number,
    pageSize: size,
    clock: call.clock,
  });
  return { ...found, number, size };
}

async function one(call: Mem0Call) {
  return memoryView(await memoryOf(call.memory, call.param('id')));
}

async function update(call: Mem0Call) {
  return updateMemory(call.memory, call.param('id'), parseUpdateBody(await call.json()));
}

async function remove(call: Mem0Call) {
  if (/^true$/i.test(call.query.delete_linked ?? '')) {
    throw new EcphoryError('invalid', 'Delete what it superseded by itself.', { pointer: '/delete_linked' });
  }
  await deleteMemory(call.memory, call.param('id'));
  return { message: 'Memory deleted successfully!' };
}

async function removeAll(call: Mem0Call) {
  await deleteEntity(call.memory, entityIdsIn(call.query));
  return { message: 'Memories deleted successfully!' };
}

async function removeEntity(call: Mem0Call) {
  const type = call.param('type');
  if (type !== 'user' && type !== 'agent' && type !== 'app' && type !== 'run') {
    throw new EcphoryError('not_found', 'An entity is a user, agent, app or run.');
  }
  await deleteEntity(call.memory, entityIdsIn({ [`${type}_id`]: call.param('name') }));
  return { message: 'Entity deleted successfully!' };
}

async function history(call: Mem0Call) {
  return historyOf(call.memory, call.param('id'));
}

async function updateBatch(call: Mem0Call) {
  const memories = parseBatchBody(await call.json());
  for (const { memory_id: id, text } of memories) {
    await updateMemory(call.memory, checkedId(id), text === undefined ? {} : { text });
  }
  return { message: `Successfully updated ${memories.length} memories` };
}

async function removeBatch(call: Mem0Call) {
  const memories = parseBatchBody(await call.json());
  for (const { memory_id: id } of memories) await deleteMemory(call.memory, checkedId(id));
  return { message: `Successfully deleted ${memories.length} memories` };
}

/** The key is checked before anything else is looked at. */
function bridge(handler: Mem0Handler, parts: Mem0Parts): RequestHandler {
  return async (request, response) => {
    const { memory } = await parts.door.enter(request, response, authorizationOf(request));
    const answer = await handler({
      memory,
      query: singleValues(parseQuery(request.url)),
      clock: parts.clock,
      path: request.path,
      param: (name) => paramOf(request, name),
      json: () => readJson(request, limits.bodyBytes),
    });
    send(response, answer);
  };
}

/** mem0's platform takes `Token`, the server of its open edition `X-API-Key`; the key is one of ours. */
function authorizationOf(request: Request): string | undefined {
  const { authorization, 'x-api-key': key } = request.headers;
  if (authorization !== undefined) return authorization.replace(/^Token\s+/i, 'Bearer ');
  return typeof key === 'string' ? `Bearer ${key}` : undefined;
}

function paramOf(request: Request, name: string): string {
  const value = request.params[name];
  if (typeof value !== 'string') throw new EcphoryError('not_found', 'There is nothing at this address.');
  return name === 'id' ? checkedId(value) : value;
}

function checkedId(id: string): string {
  if (!/^[0-9A-Za-z_-]{1,64}$/.test(id)) throw new EcphoryError('not_found', 'There is no memory with this id.');
  return id;
}

function withoutPaging(query: Readonly<Record<string, string>>): Json {
  const { page: _, page_size: __, ...rest } = query;
  return rest;
}

function wholeNumber(query: Readonly<Record<string, string>>, name: string, ifAbsent: number, max: number): number {
  const text = query[name];
  if (text === undefined) return ifAbsent;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new EcphoryError('invalid', 'Expected a whole number from 1.', { pointer: `/${name}` });
  }
  return Math.min(Number(text), max);
}

function send(response: Response, answer: object): void {
  const body = JSON.stringify(answer);
  response.statusCode = 200;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
