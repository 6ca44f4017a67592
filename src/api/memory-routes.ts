import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import type { UpdateOptions } from '../memory/service.ts';
import { allOf, memoryAnswer } from './answers.ts';
import { hasBody, readJson } from './body.ts';
import type { Call, Handler } from './route.ts';
import {
  parseAdd,
  parseBatch,
  parseContext,
  parseList,
  parseMessages,
  parseNothing,
  parseRemoval,
  parseSearch,
  parseUpdate,
  refuseQuery,
} from './schemas.ts';
import { writeOptions } from './write-options.ts';

/** What each verb on each path does. Each reads, calls the service once, and answers. */
export const memoryRoutes = {
  async add(call) {
    refuseQuery(call.query);
    const options = writeOptions(call);
    const result = await call.memory.add(parseAdd(await readJson(call.request, limits.bodyBytes)), options);
    const [first] = result.memories;
    const headers = first === undefined ? {} : { Location: `/v1/memories/${first.id}` };
    return { status: 201, body: result, headers };
  },

  async addBatch(call) {
    refuseQuery(call.query);
    const options = writeOptions(call);
    const items = parseBatch(await readJson(call.request, limits.batchBodyBytes));
    return { status: 200, body: await call.memory.addBatch(items, options) };
  },

  async search(call) {
    refuseQuery(call.query);
    return { status: 200, body: await call.memory.search(parseSearch(await readJson(call.request, limits.bodyBytes))) };
  },

  async context(call) {
    refuseQuery(call.query);
    const input = parseContext(await readJson(call.request, limits.bodyBytes));
    return { status: 200, body: await call.memory.context(input) };
  },

  async list(call) {
    const { data, nextCursor } = await call.memory.list(parseList(call.query));
    return { status: 200, body: { data, nextCursor, hasMore: nextCursor !== null } };
  },

  /** A session has whatever name its caller gave it: it is no id. */
  async messages(call) {
    const sessionId = String(call.request.params.session ?? '');
    const { data, nextCursor } = await call.memory.messages({ ...parseMessages(call.query), sessionId });
    return { status: 200, body: { data, nextCursor, hasMore: nextCursor !== null } };
  },

  async get(call) {
    refuseQuery(call.query);
    return memoryAnswer(await call.memory.get(call.id('memory')));
  },

  async update(call) {
    refuseQuery(call.query);
    const id = call.id('memory');
    const options = updateOptions(call);
    const input = parseUpdate(await readJson(call.request, limits.bodyBytes));
    return memoryAnswer(await call.memory.update(id, input, options));
  },

  async delete(call) {
    const options = { ...updateOptions(call), ...parseRemoval(call.query) };
    return { status: 200, body: await call.memory.delete(call.id('memory'), options) };
  },

  async history(call) {
    refuseQuery(call.query);
    return allOf(await call.memory.history(call.id('memory')));
  },

  async restore(call) {
    refuseQuery(call.query);
    const options = writeOptions(call);
    if (hasBody(call.request)) parseNothing(await readJson(call.request, limits.bodyBytes));
    return memoryAnswer(await call.memory.restore(call.id('memory'), options));
  },
} satisfies Record<string, Handler>;

function updateOptions(call: Call): UpdateOptions {
  const tag = call.request.headers['if-match'];
  if (tag === undefined || tag.trim() === '*') return {};
  const version = /^"(\d{1,15})"$/.exec(tag.trim())?.[1];
  if (version === undefined) {
    throw new EcphoryError('invalid', 'If-Match takes one entity tag as GET gives it, such as "3" in its quotes.');
  }
  return { ifVersion: Number(version) };
}
