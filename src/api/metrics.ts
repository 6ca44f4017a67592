import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { JobState } from '../memory/job.ts';
import type { StoreHealth } from '../memory/store.ts';

/** What the server counts, in the text format of Prometheus. No label names a tenant, a key or a namespace. */
export interface Metrics {
  request(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly ms: number;
  }): void;
  /** A request that did not get in. */
  refused(why: 'unauthenticated' | 'rate_limited'): void;
  /** A step of recall, or a call of a model. */
  stage(stage: Stage, ms: number, outcome: 'done' | 'failed'): void;
  /** One answer of the language model, and what it cost in the currency of the configured prices. */
  model(used: { readonly inputTokens: number; readonly outputTokens: number; readonly cost: number }): void;
  /** Something was found that must not be kept. */
  redacted(kind: string, mode: 'redact' | 'reject'): void;
  /** Asked whenever somebody looks; called once, when the parts are open. */
  watch(sources: MetricSources): void;
  readonly contentType: string;
  render(): Promise<string>;
}

export type Stage = 'working_set' | 'embed_query' | 'embed_passage' | 'vectors' | 'rerank' | 'read_notes';

/** What is only known by asking. Cheap: a scrape comes every few seconds. */
export interface MetricSources {
  readonly health: () => Promise<StoreHealth>;
  readonly jobs: () => Promise<Readonly<Record<JobState, number>>>;
  /** When the next job may run, milliseconds since 1970; null when none waits. */
  readonly nextJobAt: () => Promise<number | null>;
  /** Where background work stands in the feed of every tenant. */
  readonly cursor: () => Promise<number>;
  readonly workingSetBytes: () => number;
  /** Large scopes whose vectors were last answered exactly for want of an index, 1 or 0. */
  readonly isVectorSearchDegraded: () => boolean;
  readonly auditLost: () => number;
  readonly clock: () => number;
}

const requestBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function newMetrics(options: { readonly ofProcess?: boolean } = {}): Metrics {
  const register = new Registry();
  const registers = [register];
  // Memory, CPU, garbage collection, and how late the event loop is.
  if (options.ofProcess === true) collectDefaultMetrics({ register });
  const requests = new Histogram({
    name: 'ecphory_http_request_duration_seconds',
    help: 'Requests by address and status, and how long they took.',
    labelNames: ['method', 'route', 'status'],
    buckets: requestBuckets,
    registers,
  });
  const refusals = new Counter({
    name: 'ecphory_http_refused_total',
    help: 'Requests with no good key, or over the rate of their key.',
    labelNames: ['why'],
    registers,
  });
  const stages = new Histogram({
    name: 'ecphory_stage_duration_seconds',
    help: 'Steps of recall and calls of local or remote models.',
    labelNames: ['stage', 'outcome'],
    buckets: requestBuckets,
    registers,
  });
  const tokens = new Counter({
    name: 'ecphory_model_tokens_total',
    help: 'Tokens of the language model.',
    labelNames: ['direction'],
    registers,
  });
  const calls = new Counter({ name: 'ecphory_model_answers_total', help: 'Answers of the language model.', registers });
  const cost = new Counter({
    name: 'ecphory_model_cost_total',
    help: 'What they cost, in the currency of the configured prices; 0 without prices.',
    registers,
  });
  const redactions = new Counter({
    name: 'ecphory_redactions_total',
    help: 'Secrets and personal data found in what was to be stored.',
    labelNames: ['kind', 'mode'],
    registers,
  });

  return {
    request({ method, route, status, ms }) {
      // A label that a caller could choose would let it fill the memory.
      const label = methods.has(method) ? method : 'other';
      requests.observe({ method: label, route, status: String(status) }, ms / 1_000);
    },
    refused: (why) => refusals.inc({ why }),
    stage: (stage, ms, outcome) => stages.observe({ stage, outcome }, ms / 1_000),
    model({ inputTokens, outputTokens, cost: spent }) {
      calls.inc();
      tokens.inc({ direction: 'input' }, inputTokens);
      tokens.inc({ direction: 'output' }, outputTokens);
      cost.inc(spent);
    },
    redacted: (kind, mode) => redactions.inc({ kind, mode }),
    watch: (sources) => addGauges(registers, sources),
    contentType: register.contentType,
    render: () => register.metrics(),
  };
}

function addGauges(registers: Registry[], sources: MetricSources): void {
  const gauge = (name: string, help: string, read: () => number | Promise<number>) =>
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set(await read());
      },
    });

  new Gauge({
    name: 'ecphory_jobs',
    help: 'Jobs of background work by state; dead ones wait for a person.',
    labelNames: ['state'],
    registers,
    async collect() {
      for (const [state, count] of Object.entries(await sources.jobs())) this.set({ state }, count);
    },
  });
  gauge('ecphory_job_lag_seconds', 'How long the next job has been due.', async () => {
    const at = await sources.nextJobAt();
    return at === null ? 0 : Math.max(0, sources.clock() - at) / 1_000;
  });
  gauge('ecphory_feed_lag_entries', 'Entries of the feed that background work has not looked at.', async () => {
    const [{ sequence }, cursor] = await Promise.all([sources.health(), sources.cursor()]);
    return Math.max(0, sequence - cursor);
  });
  gauge('ecphory_store_writable', '1 while writes are kept.', async () => ((await sources.health()).writable ? 1 : 0));
  gauge('ecphory_store_notes', 'Notes of every tenant in any state.', async () => (await sources.health()).notes);
  gauge('ecphory_store_bytes', 'The database and its log on disk.', async () => (await sources.health()).diskBytes);
  gauge('ecphory_store_commits', 'Transactions since the start.', async () => (await sources.health()).commits);
  gauge('ecphory_store_applies', 'Writes since the start: by commits, how well they are shared.', async () => {
    return (await sources.health()).applies;
  });
  gauge('ecphory_working_set_bytes', 'Memory of the scopes that are held ready.', sources.workingSetBytes);
  gauge('ecphory_vector_search_degraded', '1 when the last vector search had to do without its index.', () =>
    sources.isVectorSearchDegraded() ? 1 : 0,
  );
  gauge('ecphory_audit_lost', 'Entries of the audit log given up since the start.', sources.auditLost);
}
