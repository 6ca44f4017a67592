import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { newAnalyzer } from '../encoding/analyzer.ts';
import { readScope } from '../memory/scope.ts';
import { openEmbedder } from '../models/open-embedder.ts';
import { newWorkingSets } from '../retrieval/working-sets.ts';
import { openVectorSearch } from '../store/hnsw/vector-search.ts';
import { openSnapshotFolder } from '../store/snapshot-files.ts';
import { openVectorMaintenance } from '../store/sqlite/maintenance.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { snapshotFolder, vectorFolder } from '../store/sqlite/replace.ts';
import { alone, type DatabaseFlags, existingDatabase, secondsSince, stoppable, withDatabase } from './database-file.ts';
import { newProgress } from './progress.ts';
import { newScreen } from './screen.ts';
import type { CommandWorld } from './world.ts';

/** `ecphory rebuild-index`. */
export function addRebuildIndexCommand(program: Command, world: CommandWorld): void {
  const index = program
    .command('rebuild-index')
    .description('make everything that is searched anew from what is stored; the server must not be running');
  withDatabase(index, 'say what was made as one line of JSON')
    .addHelpText(
      'after',
      '\nNothing is lost by it: indexes are caches.\n\nExample:\n  ecphory rebuild-index --database /srv/memory.db',
    )
    .action((flags: DatabaseFlags) =>
      alone(() => rebuildIndex(flags, world), 'A running server keeps its indexes itself.'),
    );
}

async function rebuildIndex(flags: DatabaseFlags, world: CommandWorld): Promise<void> {
  const { config, path } = existingDatabase(flags, world);
  const startedAt = performance.now();
  const onNotice = (message: string) => world.writeError(`ecphory: ${message}\n`);
  const vectorCount = await rebuildSearchTables(path, world);
  const embedder = await openEmbedder(config.embedder);
  const store = await openSqliteStore({ path, clock: Date.now, onNotice });
  const progress = newProgress('rebuilding scopes', world);
  try {
    for (const folder of [vectorFolder(store.path), snapshotFolder(store.path)])
      await rm(folder, { recursive: true, force: true });
    const snapshots = await openSnapshotFolder(snapshotFolder(store.path));
    const workingSets = newWorkingSets({ store, analyzer: newAnalyzer(), snapshots });
    const vectors = await openVectorSearch({
      source: store,
      databasePath: store.path,
      indexFolder: vectorFolder(store.path),
      onNotice,
    });
    try {
      const scopes = await store.scopes();
      for (const [index, scope] of scopes.entries()) {
        await stoppable(world, workingSets.get(readScope(scope)));
        if (embedder !== null) await vectors.prepare(readScope(scope), embedder.id);
        progress.at(index + 1, scopes.length);
      }
      await stoppable(world, vectors.settled());
      await workingSets.settled();
      const seconds = secondsSince(startedAt);
      newScreen(flags, world).one(
        { scopes: scopes.length, vectors: vectorCount, seconds },
        () => `${scopes.length} scopes and ${vectorCount} vectors in ${seconds} s`,
      );
    } finally {
      await vectors.close();
    }
  } finally {
    progress.end();
    await embedder?.close();
    await store.close();
  }
}

async function rebuildSearchTables(path: string, world: CommandWorld): Promise<number> {
  const maintenance = await openVectorMaintenance(path, Date.now);
  const progress = newProgress('rebuilding vectors', world);
  let count = 0;
  try {
    maintenance.rebuildSearch((done, total) => {
      count = total;
      progress.at(done, total);
    });
  } finally {
    progress.end();
    maintenance.close();
  }
  return count;
}
