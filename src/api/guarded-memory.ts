import type { Access, KeyScope } from '../memory/access.ts';
import type { MemoryService } from '../memory/service.ts';
import { idsOf, newGate, type Sight } from './gate.ts';
import { guardedExchange } from './guarded-exchange.ts';

/**
 * A tenant's memory as one key may use it. Every door (REST, MCP, mem0's addresses) goes through here, so this is the
 * table of who may do what, and the compiler refuses a method that is not in it.
 *
 * @throws EcphoryError `forbidden` that names the scope that is missing, or for a namespace that the key was not given:
 *   the caller named it, so nothing is told. An id of a memory elsewhere is `not_found`, as one that never was.
 */
export function guardedMemory(memory: MemoryService, access: Access, sight: Sight): MemoryService {
  const gate = newGate(access, sight);
  const { need, enter, inside, seen } = gate;

  return {
    ...guardedExchange(memory, access, gate),

    async add(input, options) {
      enter('write', input.namespace);
      return seen(await memory.add(input, options), ({ memories }) => idsOf(memories));
    },
    async addBatch(items, options) {
      for (const { namespace } of items) enter('write', namespace);
      return seen(await memory.addBatch(items, options), ({ results }) =>
        results.flatMap((result) => (result.status === 'stored' ? idsOf(result.memories) : [])),
      );
    },
    async search(input) {
      enter('read', input.namespace);
      if (input.reinforce === true) need('write');
      return seen(await memory.search(input), ({ hits }) => hits.map((hit) => hit.memory.id));
    },
    async context(input) {
      enter('read', input.namespace);
      return seen(await memory.context(input), ({ memories }) => idsOf(memories));
    },
    async get(id) {
      need('read');
      return within(await memory.get(id));
    },
    async list(input) {
      enter('read', input.namespace);
      return seen(await memory.list(input), ({ data }) => idsOf(data));
    },
    async messages(input) {
      enter('read', input.namespace);
      return seen(await memory.messages(input), ({ data }) => idsOf(data));
    },
    async update(id, input, options) {
      await reach('write', id);
      return seen(await memory.update(id, input, options), () => [id]);
    },
    async delete(id, options) {
      await reach(options?.hard === true ? 'erase' : 'write', id);
      return seen(await memory.delete(id, options), ({ erased }) => (erased.length > 0 ? erased : [id]));
    },
    async history(id) {
      await reach('read', id);
      return seen(await memory.history(id), () => [id]);
    },
    async restore(id, options) {
      await reach('write', id);
      return seen(await memory.restore(id, options), () => [id]);
    },
    async invalidate(id, input, options) {
      await reach('write', id);
      return seen(await memory.invalidate(id, input, options), () => [id]);
    },
    async related(id) {
      await reach('read', id);
      return seen(await memory.related(id), (related) => [id, ...related.map((one) => one.memory.id)]);
    },
    async retention(id) {
      await reach('read', id);
      return seen(await memory.retention(id), () => [id]);
    },
    async feedback(input, options) {
      need('write');
      for (const { id } of input.memories) await reach('write', id);
      return seen(await memory.feedback(input, options), ({ memories }) => idsOf(memories));
    },

    async policy(namespace) {
      enter('read', namespace);
      return memory.policy(namespace);
    },
    async setPolicy(input) {
      enter('admin', input.namespace);
      return memory.setPolicy(input);
    },
    async profile(input) {
      enter('read', input.namespace);
      return memory.profile(input);
    },
    async timeline(input) {
      enter('read', input.namespace);
      return seen(await memory.timeline(input), (events) => events.map((event) => event.memoryId));
    },
    async stats(namespace) {
      enter('read', namespace);
      return memory.stats(namespace);
    },

    async addFact(input, options) {
      enter('write', input.namespace);
      return seen(await memory.addFact(input, options), ({ fact }) => [fact.id]);
    },
    async facts(input) {
      enter('read', input.namespace);
      return seen(await memory.facts(input), idsOf);
    },
    async changes(input) {
      enter('read', input.namespace);
      return seen(await memory.changes(input), (changes) => changes.map((change) => change.fact.id));
    },
    async entities(input) {
      enter('read', input.namespace);
      return memory.entities(input);
    },
    async entity(id) {
      need('read');
      const entity = await memory.entity(id);
      inside(entity.namespace, 'entity');
      return seen(entity, ({ mentionedIn }) => idsOf(mentionedIn));
    },
    async graph(input) {
      enter('read', input.namespace);
      return seen(await memory.graph(input), ({ nodes }) =>
        nodes.flatMap((node) => (node.kind === 'memory' ? node.id : [])),
      );
    },

    async consolidate(input, options) {
      enter('write', input.namespace);
      return memory.consolidate(input, options);
    },
    async operation(id) {
      need('read');
      const operation = await memory.operation(id);
      inside(operation.namespace, 'operation');
      return operation;
    },
    async operations(input) {
      need('read');
      return (await memory.operations(input)).filter(({ namespace }) => gate.reaches(namespace));
    },
    async retryOperation(id, options) {
      await reachOperation(id);
      return memory.retryOperation(id, options);
    },
    async cancelOperation(id, options) {
      await reachOperation(id);
      return memory.cancelOperation(id, options);
    },
    async runs(input) {
      need('read');
      if (input.namespace !== undefined) enter('read', input.namespace);
      return (await memory.runs(input)).filter(({ namespace }) => gate.reaches(namespace));
    },
    async run(id) {
      need('read');
      const run = await memory.run(id);
      inside(run.namespace, 'run');
      return run;
    },
    async revertRun(id, options) {
      need('admin');
      if (access.namespaces !== null) inside((await memory.run(id)).namespace, 'run');
      const run = await memory.revertRun(id, options);
      inside(run.namespace, 'run');
      return run;
    },
  };

  /** Before something is done with a memory that only its id names. A key of every namespace costs no read. */
  async function reach(scope: KeyScope, id: string): Promise<void> {
    need(scope);
    if (access.namespaces !== null) within(await memory.get(id));
  }

  async function reachOperation(id: string): Promise<void> {
    need('admin');
    if (access.namespaces !== null) inside((await memory.operation(id)).namespace, 'operation');
  }

  function within<Found extends { readonly id: string; readonly namespace: string }>(found: Found): Found {
    inside(found.namespace, 'memory');
    return seen(found, ({ id }) => [id]);
  }
}
