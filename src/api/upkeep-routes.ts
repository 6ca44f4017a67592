import { limits } from '../memory/limits.ts';
import { readJson } from './body.ts';
import type { Handler } from './route.ts';
import { refuseQuery } from './schemas.ts';
import { parseFeedback, parsePolicy, parsePolicyOf } from './upkeep-schemas.ts';
import { writeOptions } from './write-options.ts';

/** What was used, how it is kept, and how a namespace forgets. */
export const upkeepRoutes = {
  async feedback(call) {
    refuseQuery(call.query);
    const options = writeOptions(call);
    const input = parseFeedback(await readJson(call.request, limits.bodyBytes));
    return { status: 200, body: await call.memory.feedback(input, options) };
  },

  async retention(call) {
    refuseQuery(call.query);
    return { status: 200, body: await call.memory.retention(call.id('memory')) };
  },

  async policy(call) {
    return { status: 200, body: await call.memory.policy(parsePolicyOf(call.query)) };
  },

  async stats(call) {
    return { status: 200, body: await call.memory.stats(parsePolicyOf(call.query)) };
  },

  async setPolicy(call) {
    refuseQuery(call.query);
    const input = parsePolicy(await readJson(call.request, limits.bodyBytes));
    return { status: 200, body: await call.memory.setPolicy(input) };
  },
} satisfies Record<string, Handler>;
