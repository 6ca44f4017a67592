import { limits } from '../memory/limits.ts';
import { allOf } from './answers.ts';
import { hasBody, readJson } from './body.ts';
import { parseAuditQuery, parseKey, parseRotation } from './key-schemas.ts';
import type { Handler } from './route.ts';
import { refuseQuery } from './schemas.ts';

/** Keys of the caller's own tenant, and what was done with them. */
export const keyRoutes = {
  async list(call) {
    refuseQuery(call.query);
    return allOf(await call.keys.list());
  },

  async create(call) {
    refuseQuery(call.query);
    const shown = await call.keys.create(parseKey(await readJson(call.request, limits.bodyBytes)));
    return { status: 201, body: shown };
  },

  async rotate(call) {
    refuseQuery(call.query);
    const id = call.id('key');
    const input = hasBody(call.request) ? parseRotation(await readJson(call.request, limits.bodyBytes)) : {};
    return { status: 201, body: await call.keys.rotate(id, input) };
  },

  async revoke(call) {
    refuseQuery(call.query);
    return { status: 200, body: await call.keys.revoke(call.id('key')) };
  },

  async audit(call) {
    const { data, nextCursor } = await call.keys.audit(parseAuditQuery(call.query));
    return { status: 200, body: { data, nextCursor, hasMore: nextCursor !== null } };
  },
} satisfies Record<string, Handler>;
