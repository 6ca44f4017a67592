import { mkdtemp, readFile, rm, statfs } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { newProgress } from '../progress.ts';
import { fixed, table } from '../table.ts';
import { measureCold } from './cold.ts';
import { measureConsolidation } from './consolidation.ts';
import type { Bench } from './host.ts';
import type { Measures, Row } from './measures.ts';
import { measureNightly } from './nightly.ts';
import { measureIsolation, measureScopes } from './scopes.ts';
import { measureSizes } from './sizes.ts';
import { dimensions, writeStaticModel } from './static-model.ts';
import { newLanguage } from './text.ts';
import { measureBatch, measureDurability } from './writes.ts';

const cases: Readonly<Record<string, (bench: Bench) => Promise<Measures>>> = {
  sizes: measureSizes,
  scopes: measureScopes,
  durability: measureDurability,
  batch: measureBatch,
  cold: measureCold,
  isolation: measureIsolation,
  consolidation: measureConsolidation,
  nightly: measureNightly,
};

/** What `--json` prints. A figure is null when its case did not run, or was only quick. */
export interface BenchReport {
  readonly rows: readonly Row[];
  readonly ratios: {
    readonly search_p50_100k_over_10k: number | null;
    readonly adds_32_clients_durable_over_unsynced: number | null;
    readonly search_p50_1000_scopes_over_1: number | null;
  };
  readonly batch_notes_per_s: number | null;
  readonly rss_mb_100k: number | null;
  /** With a restart before: only what searching loads. */
  readonly rss_mb_100k_restarted: number | null;
  readonly peak_rss_mb_100k: number | null;
  readonly adds_per_fdatasync: number | null;
  /** By the client's clock. */
  readonly cold_search_ms: { readonly at_1k: number | null; readonly at_10k: number | null };
  /** Turns that were consolidated without a model. */
  readonly turns: number | null;
  /** Notes of the tenant that had a night. */
  readonly notes: number | null;
  /** Of the night where there was one, else of the consolidation. */
  readonly seconds: number | null;
  readonly consolidation_seconds: number | null;
  readonly nightly_seconds: number | null;
  readonly nightly: Readonly<Record<string, number | null>>;
  /** p50 of adds beside a busy worker over p50 without one. */
  readonly write_p50_ratio_busy_worker: number | null;
  /** Of the rounds, those in which the worker was still busy at the end. */
  readonly worker_busy_share: number | null;
  readonly config: Readonly<Record<string, unknown>>;
}

interface BenchOptions {
  readonly json?: true;
  readonly quick?: true;
  readonly directory: string;
  readonly locomo?: string;
}

/** `npm run bench -- ...`: speed, durability and memory of the real server, through REST. */
export function newBenchCommand(): Command {
  return new Command('bench')
    .description('Measures adds, searches, memory and what durability costs, through REST, against the real server.')
    .addArgument(new Argument('[cases...]', 'which to run; all if left out').choices(Object.keys(cases)))
    .option('--json', 'print one JSON object alone on stdout')
    .option('--quick', 'fewer and smaller runs, to see that all works; the figures are no evidence')
    .option('--directory <path>', 'where databases are made: the disk that is measured', tmpdir())
    .option('--locomo <file>', 'conversations to consolidate, in place of generated ones')
    .addHelpText(
      'after',
      `
Examples:
  npm run bench
  npm run bench -- durability batch
  npm run --silent bench -- --json > bench.json

Text and word vectors are generated from a seed. Progress goes to stderr, the result to stdout. A full run takes some minutes.`,
    )
    .action(async (chosen: string[], options: BenchOptions) => {
      const report = await runCases(chosen.length === 0 ? Object.keys(cases) : chosen, options);
      process.stdout.write(`${options.json ? JSON.stringify(report) : benchText(report)}\n`);
    });
}

async function runCases(names: readonly string[], options: BenchOptions): Promise<BenchReport> {
  const language = newLanguage();
  const model = await mkdtemp(join(options.directory, 'ecphory-bench-model-'));
  try {
    await writeStaticModel(model, language);
    return await measureAll(names, {
      language,
      progress: newProgress(process.stderr),
      isQuick: options.quick === true,
      directory: options.directory,
      locomo: options.locomo ?? null,
      // A hashed embedder's vectors have no say in the ranking, so they would not be searched at all.
      settings: { ECPHORY_EMBEDDER: 'static', ECPHORY_EMBEDDER_PATH: model },
    });
  } finally {
    await rm(model, { recursive: true, force: true });
  }
}

async function measureAll(names: readonly string[], bench: Bench): Promise<BenchReport> {
  const config = await configuration(bench);
  const rows: Row[] = [];
  const figures = new Map<string, number | null>();
  for (const name of new Set(names)) {
    const measures = await cases[name]?.(bench);
    rows.push(...(measures?.rows ?? []));
    for (const [figure, value] of Object.entries(measures?.figures ?? {})) figures.set(figure, value);
  }
  const figure = (name: string) => figures.get(name) ?? null;
  return {
    rows,
    ratios: {
      search_p50_100k_over_10k: figure('search_p50_100k_over_10k'),
      adds_32_clients_durable_over_unsynced: figure('adds_32_clients_durable_over_unsynced'),
      search_p50_1000_scopes_over_1: figure('search_p50_1000_scopes_over_1'),
    },
    batch_notes_per_s: figure('batch_notes_per_s'),
    rss_mb_100k: figure('rss_mb_100k'),
    rss_mb_100k_restarted: figure('rss_mb_100k_restarted'),
    peak_rss_mb_100k: figure('peak_rss_mb_100k'),
    adds_per_fdatasync: figure('adds_per_fdatasync'),
    cold_search_ms: { at_1k: figure('cold_search_ms_1k'), at_10k: figure('cold_search_ms_10k') },
    turns: figure('turns'),
    notes: figure('notes'),
    nightly: Object.fromEntries([...figures].filter(([name]) => name.includes('nightly') || name.endsWith('_after'))),
    seconds: figure('nightly_seconds') ?? figure('consolidation_seconds'),
    consolidation_seconds: figure('consolidation_seconds'),
    nightly_seconds: figure('nightly_seconds'),
    write_p50_ratio_busy_worker: figure('write_p50_ratio_busy_worker'),
    worker_busy_share: figure('worker_busy_share'),
    config,
  };
}

async function configuration(bench: Bench): Promise<Readonly<Record<string, unknown>>> {
  // TMPFS_MAGIC of statfs(2): a file system in memory, where syncing costs nothing.
  const isInMemory = (await statfs(bench.directory)).type === 0x01021994;
  if (isInMemory) {
    process.stderr.write(`${bench.directory} is in memory: what durability costs is not measured. See --directory.\n`);
  }
  const load = await readFile('/proc/loadavg', 'utf8').catch(() => '');
  return {
    embedder: `static, ${dimensions} dimensions`,
    clients_at_once: 32,
    quick: bench.isQuick,
    directory_in_memory: isInMemory,
    load_before: load.split(' ').slice(0, 3).join(' '),
    node: process.version,
    machine: `${cpus()[0]?.model ?? 'unknown'} x ${cpus().length}`,
  };
}

export function benchText(report: BenchReport): string {
  const { ratios, cold_search_ms } = report;
  const rows = report.rows.map((row) => [
    row.case,
    String(row.notes),
    String(row.scopes),
    fixed(row.adds_per_s, 0),
    ...[row.add_p50_ms, row.add_p95_ms, row.add_processor_ms].map((value) => fixed(value, 2)),
    ...[row.search_p50_ms, row.search_p95_ms, row.search_processor_ms].map((value) => fixed(value, 2)),
  ]);
  const targets: readonly (readonly string[])[] = [
    ['search p50, 100k over 10k notes', fixed(ratios.search_p50_100k_over_10k, 2), '<= 4'],
    ['adds/s of 32 clients, durable over not synced', fixed(ratios.adds_32_clients_durable_over_unsynced, 2), '>= 0.7'],
    ['search p50, beside 1,000 scopes over alone', fixed(ratios.search_p50_1000_scopes_over_1, 2), '<= 1.3'],
    ['adds per fdatasync, 32 clients', fixed(report.adds_per_fdatasync, 1), '>= 8'],
    ['notes/s in batches of 100', fixed(report.batch_notes_per_s, 0), '>= 2000'],
    ['resident memory at 100k notes, MB', fixed(report.rss_mb_100k, 0), '<= 400'],
    ['the same after a restart, MB', fixed(report.rss_mb_100k_restarted, 0), ''],
    ['first search of a cold scope of 1k notes, ms', fixed(cold_search_ms.at_1k, 1), '<= 20'],
    ['first search of a cold scope of 10k notes, ms', fixed(cold_search_ms.at_10k, 1), '<= 150'],
    [`consolidating ${report.turns ?? 2_080} turns, seconds`, fixed(report.consolidation_seconds, 1), '<= 60'],
    [`a night over ${report.notes ?? 100_000} notes, seconds`, fixed(report.nightly_seconds, 1), '<= 300'],
    ['add p99 beside a night, ms', fixed(report.nightly.write_p99_ms_nightly ?? null, 1), ''],
    ['add p50, beside a busy worker over without', fixed(report.write_p50_ratio_busy_worker, 2), '<= 1.2'],
  ];
  return [
    table(['case', 'notes', 'scopes', 'adds/s', 'add p50', 'p95', 'cpu', 'search p50', 'p95', 'cpu'], rows),
    '',
    table(['figure', 'measured', 'wanted'], targets),
    '',
    `${report.config.machine}, Node ${report.config.node}. Latencies in milliseconds by the client's clock; cpu: the`,
    "server's processor time per request. The worst of the few cold scopes stands under p95.",
  ].join('\n');
}
