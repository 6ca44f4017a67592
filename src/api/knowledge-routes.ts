import { limits } from '../memory/limits.ts';
import { allOf, memoryAnswer } from './answers.ts';
import { hasBody, readJson } from './body.ts';
import {
  parseChanges,
  parseEntities,
  parseFact,
  parseFacts,
  parseGraph,
  parseInvalidation,
} from './knowledge-schemas.ts';
import type { Handler } from './route.ts';
import { refuseQuery } from './schemas.ts';
import { writeOptions } from './write-options.ts';

/** Facts, links, entities: each reads, calls the service once, and answers. */
export const knowledgeRoutes = {
  /** 200 when it was held already: nothing was created. */
  async addFact(call) {
    refuseQuery(call.query);
    const options = writeOptions(call);
    const result = await call.memory.addFact(parseFact(await readJson(call.request, limits.bodyBytes)), options);
    const headers = { Location: `/v1/memories/${result.fact.id}` };
    return { status: result.outcome === 'corroborated' ? 200 : 201, body: result, headers };
  },

  async facts(call) {
    return allOf(await call.memory.facts(parseFacts(call.query)));
  },

  async changes(call) {
    return allOf(await call.memory.changes(parseChanges(call.query)));
  },

  async invalidate(call) {
    refuseQuery(call.query);
    const id = call.id('memory');
    const options = writeOptions(call);
    const input = hasBody(call.request) ? parseInvalidation(await readJson(call.request, limits.bodyBytes)) : {};
    return memoryAnswer(await call.memory.invalidate(id, input, options));
  },

  async related(call) {
    refuseQuery(call.query);
    return allOf(await call.memory.related(call.id('memory')));
  },

  async entities(call) {
    return allOf(await call.memory.entities(parseEntities(call.query)));
  },

  async entity(call) {
    refuseQuery(call.query);
    return { status: 200, body: await call.memory.entity(call.id('entity')) };
  },

  async graph(call) {
    return { status: 200, body: await call.memory.graph(parseGraph(call.query)) };
  },
} satisfies Record<string, Handler>;
