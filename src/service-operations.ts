import { checkedCount } from './encoding/check-input.ts';
import { EcphoryError, isEcphoryError } from './memory/errors.ts';
import type { JobId, RunId } from './memory/ids.ts';
import { type Job, type Pass, passes, type Run } from './memory/job.ts';
import type {
  ConsolidateInput,
  ConsolidateOptions,
  Operation,
  OperationsInput,
  RunsInput,
} from './memory/knowledge.ts';
import { limits } from './memory/limits.ts';
import { untilSettled } from './memory/operation-wait.ts';
import { parseNamespace, type Scope, type Tenant } from './memory/scope.ts';
import type { MemoryService } from './memory/service.ts';
import { operationOf, runDetailOf, runOf } from './operation-view.ts';
import { notThere, type ServiceParts } from './service-parts.ts';

type Operations = Pick<
  MemoryService,
  'consolidate' | 'operation' | 'operations' | 'retryOperation' | 'cancelOperation' | 'runs' | 'run' | 'revertRun'
>;

export type OperationsParts = Pick<ServiceParts, 'store' | 'ids' | 'clock' | 'consolidation'>;

/** Background work as its callers see it. Jobs are durable; whoever runs them is only told that there is one. */
export function newOperations(parts: OperationsParts): (tenant: Tenant) => Operations {
  const { jobs, runs } = parts.store;

  return (tenant) => ({
    async consolidate(input, options = {}) {
      const operation = operationOf(await enqueue(tenant, input));
      return options.wait === true ? waitFor(tenant, operation, options) : operation;
    },
    operation: (id) => operation(tenant, id),
    operations: (input) => operations(tenant, input),
    retryOperation: async (id) => {
      const job = await known(jobs.retry(tenant, id as JobId, parts.clock()), 'operation');
      parts.consolidation?.wake();
      return operationOf(job);
    },
    cancelOperation: async (id) =>
      operationOf(await known(jobs.cancel(tenant, id as JobId, parts.clock()), 'operation')),
    runs: async (input) => {
      const found = await runs.list(tenant, runQuery(tenant, input));
      return found.map(runOf);
    },
    run: async (id) => {
      const run = await loadRun(tenant, id);
      return runDetailOf(run, await runs.records(tenant, run.id));
    },
    revertRun: async (id) => {
      const run = await loadRun(tenant, id);
      if (run.state === 'running') {
        throw new EcphoryError('conflict', 'The run is going on; cancel its operation or wait until it has ended.');
      }
      return runOf(await reverted(run));
    },
  });

  /** One that waits already and is to do the same is given back: a repeat costs nothing. */
  async function enqueue(tenant: Tenant, input: ConsolidateInput): Promise<Job> {
    const scope: Scope = { tenant, namespace: parseNamespace(input.namespace) };
    const wanted = wantedPasses(input.passes);
    const isDryRun = input.dryRun ?? false;
    const waiting = await jobs.list(tenant, { states: ['queued'], limit: limits.operationsQueued });
    const same = waiting.find(
      (job) =>
        job.origin === 'request' &&
        job.scope.namespace === scope.namespace &&
        job.isDryRun === isDryRun &&
        job.passes.join() === wanted.join(),
    );
    if (same === undefined && waiting.filter(({ origin }) => origin === 'request').length >= limits.operationsQueued) {
      throw new EcphoryError('rate_limited', `${limits.operationsQueued} operations are waiting already.`, {
        retryAfterMs: 10_000,
      });
    }
    const now = parts.clock();
    const job =
      same ??
      (await jobs.enqueue({
        id: parts.ids.jobId(),
        scope,
        passes: wanted,
        origin: 'request',
        isDryRun,
        state: 'queued',
        attempts: 0,
        runAfter: now,
        createdAt: now,
        updatedAt: now,
        progress: { done: 0, total: 0 },
        result: null,
        error: null,
      }));
    parts.consolidation?.wake();
    return job;
  }

  async function waitFor(tenant: Tenant, first: Operation, options: ConsolidateOptions): Promise<Operation> {
    return untilSettled({ first, look: () => operation(tenant, first.id), ...options });
  }

  async function operation(tenant: Tenant, id: string): Promise<Operation> {
    const job = await jobs.job(tenant, id as JobId);
    if (job === null) throw notThere('operation');
    return operationOf(job);
  }

  async function operations(tenant: Tenant, input: OperationsInput = {}): Promise<readonly Operation[]> {
    const limit = checkedCount(input.limit, { byDefault: limits.pageLimitDefault, max: limits.pageLimit });
    const found = await jobs.list(tenant, { limit, ...(input.states !== undefined && { states: input.states }) });
    return found.map(operationOf);
  }

  /** Some rows at a time: no write of another has to wait for all of them. */
  async function reverted(run: Run): Promise<Run> {
    for (let now = run; ; now = await loadRun(run.scope.tenant, run.id)) {
      if (now.state === 'reverted') return now;
      try {
        const rowsMax = limits.revertRows;
        await parts.store.apply(run.scope, [{ kind: 'run-reverted', runId: run.id, rowsMax }]);
      } catch (error) {
        // Someone else put the last of them back meanwhile.
        if (!isEcphoryError(error) || error.code !== 'conflict') throw error;
        const last = await loadRun(run.scope.tenant, run.id);
        if (last.state === 'reverted') return last;
        throw error;
      }
    }
  }

  async function loadRun(tenant: Tenant, id: string) {
    const run = await runs.run(tenant, id as RunId);
    if (run === null) throw notThere('run');
    return run;
  }
}

function runQuery(tenant: Tenant, input: RunsInput) {
  const limit = checkedCount(input.limit, { byDefault: limits.pageLimitDefault, max: limits.pageLimit });
  if (input.namespace === undefined) return { limit };
  return { limit, scope: { tenant, namespace: parseNamespace(input.namespace) } };
}

/** In the order in which they run, each once. */
function wantedPasses(asked: readonly Pass[] | undefined): readonly Pass[] {
  if (asked === undefined) return passes;
  if (asked.length === 0) {
    throw new EcphoryError('invalid', 'At least one pass is needed; leave it out for all.', { pointer: '/passes' });
  }
  return passes.filter((pass) => asked.includes(pass));
}

/** What the store says of an id that is not there, in the words of the service. */
async function known<Result>(attempt: Promise<Result>, what: 'operation'): Promise<Result> {
  try {
    return await attempt;
  } catch (error) {
    if (isEcphoryError(error) && error.code === 'not_found') throw notThere(what);
    throw error;
  }
}
