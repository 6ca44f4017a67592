import { limits } from '../memory/limits.ts';
import { allOf } from './answers.ts';
import { hasBody, readJson } from './body.ts';
import { parseConsolidation, parseOperations, parseRuns } from './knowledge-schemas.ts';
import { progressOf } from './progress.ts';
import type { Call, Handler } from './route.ts';
import { parseNothing, refuseQuery } from './schemas.ts';
import { writeOptions } from './write-options.ts';

/** Background work: what is to be done, how far it is, what it did. */
export const operationRoutes = {
  /** 202: it is queued, and the address of its operation says how it goes. */
  async consolidate(call) {
    refuseQuery(call.query);
    const options = writeOptions(call);
    const input = parseConsolidation(await readJson(call.request, limits.bodyBytes));
    const operation = await call.memory.consolidate(input, options);
    return { status: 202, body: operation, headers: { Location: `/v1/operations/${operation.id}` } };
  },

  async runs(call) {
    return allOf(await call.memory.runs(parseRuns(call.query)));
  },

  async run(call) {
    refuseQuery(call.query);
    return { status: 200, body: await call.memory.run(call.id('run')) };
  },

  async revert(call) {
    const id = await idOfPost(call, 'run');
    return { status: 200, body: await call.memory.revertRun(id, writeOptions(call)) };
  },

  async operations(call) {
    return allOf(await call.memory.operations(parseOperations(call.query)));
  },

  async operation(call) {
    refuseQuery(call.query);
    return { status: 200, body: await call.memory.operation(call.id('operation')) };
  },

  async retry(call) {
    const id = await idOfPost(call, 'operation');
    return { status: 200, body: await call.memory.retryOperation(id, writeOptions(call)) };
  },

  async cancel(call) {
    const id = await idOfPost(call, 'operation');
    return { status: 200, body: await call.memory.cancelOperation(id, writeOptions(call)) };
  },

  async events(call) {
    refuseQuery(call.query);
    const { memory } = call;
    // An operation that is not there is a problem, not a stream.
    const first = await memory.operation(call.id('operation'));
    const lastSeen = call.request.headers['last-event-id'];
    const seen = typeof lastSeen === 'string' ? lastSeen : null;
    return { events: (signal) => progressOf({ first, look: () => memory.operation(first.id), seen, signal }) };
  },
} satisfies Record<string, Handler>;

/** For a POST that says everything by its address. */
async function idOfPost(call: Call, what: 'run' | 'operation'): Promise<string> {
  refuseQuery(call.query);
  const id = call.id(what);
  if (hasBody(call.request)) parseNothing(await readJson(call.request, limits.bodyBytes));
  return id;
}
