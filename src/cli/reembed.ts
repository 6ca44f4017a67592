import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { ConfigError } from '../config.ts';
import { newBackfill } from '../encoding/backfill.ts';
import type { GuardedEmbedder } from '../memory/embedder.ts';
import { openEmbedder } from '../models/open-embedder.ts';
import { inspectDatabase } from '../store/sqlite/inspect.ts';
import { openVectorMaintenance } from '../store/sqlite/maintenance.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { vectorFolder } from '../store/sqlite/replace.ts';
import { confirmed } from './confirm.ts';
import { alone, type DatabaseFlags, existingDatabase, secondsSince, stoppable, withDatabase } from './database-file.ts';
import { newProgress } from './progress.ts';
import { newScreen, type Screen } from './screen.ts';
import type { CommandWorld } from './world.ts';

interface ReembedFlags extends DatabaseFlags {
  readonly all?: boolean;
  readonly forgetOthers?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** `ecphory reembed`. */
export function addReembedCommand(program: Command, world: CommandWorld): void {
  const reembed = program
    .command('reembed')
    .description('give every memory a vector of the embedder that is configured now; the server must not be running');
  withDatabase(reembed, 'say what was made as one line of JSON')
    .option('--all', 'also make those anew that it has made already')
    .option('--forget-others', 'take away the vectors of every other embedder')
    .option('-y, --yes', 'do not ask before vectors are taken away')
    .option('--dry-run', 'only say how many there are to make')
    .addHelpText('after', reembedExamples)
    .action((flags: ReembedFlags) =>
      alone(() => reembedAll(flags, world), 'A running server gives vectors to what lacks them by itself.'),
    );
}

const reembedExamples = `
It may be stopped at any time, and goes on where it was when it is repeated.

Examples:
  ECPHORY_EMBEDDER=local ECPHORY_EMBEDDER_MODEL=Xenova/bge-small-en-v1.5 ecphory reembed --dry-run
  ecphory reembed --forget-others --yes`;

async function reembedAll(flags: ReembedFlags, world: CommandWorld): Promise<void> {
  const { config, path } = existingDatabase(flags, world);
  const screen = newScreen(flags, world);
  const embedder = await openEmbedder(config.embedder);
  if (embedder === null) throw new ConfigError('ECPHORY_EMBEDDER is "off": there is nothing to make vectors with.');
  try {
    const forgotten = await forgetVectors(path, embedder, flags, world);
    const left = await missingVectors(path, embedder);
    // What would be taken away would have to be made again.
    const missing = flags.dryRun === true && flags.all === true ? left + forgotten.own : left;
    const plan = { embedder: embedder.id, missing, forgotten: forgotten.others, dry_run: flags.dryRun === true };
    if (flags.dryRun === true) {
      const text = () =>
        `${missing} vectors of ${embedder.id} would be made, ${forgotten.others} of others taken away.`;
      screen.one({ ...plan, made: 0, seconds: 0 }, text);
      return;
    }
    await embedMissing({ path, embedder, missing, plan, screen }, world);
  } finally {
    await embedder.close();
  }
}

interface Forgotten {
  /** Vectors of the embedder itself, and of every other one. */
  readonly own: number;
  readonly others: number;
}

/** With `--dry-run` only counts them. */
async function forgetVectors(
  path: string,
  embedder: GuardedEmbedder,
  flags: ReembedFlags,
  world: CommandWorld,
): Promise<Forgotten> {
  const maintenance = await openVectorMaintenance(path, Date.now);
  try {
    const stored = maintenance.embedders();
    const own = stored.filter(({ name }) => flags.all === true && name === embedder.id);
    const others = stored.filter(({ name }) => flags.forgetOthers === true && name !== embedder.id);
    const forgotten = { own: sumOf(own), others: sumOf(others) };
    if (flags.dryRun === true) return forgotten;
    const count = forgotten.own + forgotten.others;
    if (count > 0) await confirmed(`Take away ${count} vectors that were made before?`, flags, world);
    for (const { name } of [...own, ...others]) maintenance.forget(name);
    // An index of vectors that are gone must not answer.
    await rm(vectorFolder(path), { recursive: true, force: true });
    return forgotten;
  } finally {
    maintenance.close();
  }
}

function sumOf(embedders: readonly { readonly vectors: number }[]): number {
  return embedders.reduce((sum, { vectors }) => sum + vectors, 0);
}

async function missingVectors(path: string, embedder: GuardedEmbedder): Promise<number> {
  const { embeddable, embedders } = await inspectDatabase(path, false);
  return embeddable - (embedders.find(({ name }) => name === embedder.id)?.vectors ?? 0);
}

interface EmbedTask {
  readonly path: string;
  readonly embedder: GuardedEmbedder;
  readonly missing: number;
  readonly plan: object;
  readonly screen: Screen;
}

async function embedMissing({ path, embedder, missing, plan, screen }: EmbedTask, world: CommandWorld): Promise<void> {
  const startedAt = performance.now();
  const progress = newProgress('embedding', world);
  const store = await openSqliteStore({ path, clock: Date.now });
  let made = 0;
  const counting: GuardedEmbedder = {
    ...embedder,
    async embed(texts, purpose, deadlineMs) {
      const vectors = await embedder.embed(texts, purpose, deadlineMs);
      made += vectors.length;
      progress.at(made, missing);
      return vectors;
    },
  };
  const backfill = newBackfill({ store, embedder: counting, onFailure: () => {} });
  try {
    await stoppable(world, backfill.drained());
    const seconds = secondsSince(startedAt);
    screen.one({ ...plan, made, seconds }, () => `${made} vectors of ${embedder.id} made in ${seconds} s`);
  } finally {
    progress.end();
    await backfill.close();
    await store.close();
  }
}
