import { type Backfill, newBackfill } from './encoding/backfill.ts';
import { newIdempotency } from './idempotency.ts';
import { limits } from './memory/limits.ts';
import type { Tenant } from './memory/scope.ts';
import type { MemoryService } from './memory/service.ts';
import { newTokenCounterLoader } from './models/token-counter.ts';
import { newAdding } from './service-add.ts';
import { newDeleteWhere } from './service-delete-where.ts';
import { newEventFeed } from './service-events.ts';
import { newExporting } from './service-export.ts';
import { newFacts } from './service-facts.ts';
import { newGraphs } from './service-graph.ts';
import { newImporting } from './service-import.ts';
import { newMemories } from './service-memories.ts';
import { onceOnly } from './service-once.ts';
import { newOperations } from './service-operations.ts';
import type { EmbedPassages, ServiceParts } from './service-parts.ts';
import { newProfiles } from './service-profile.ts';
import { newReading } from './service-reading.ts';
import { redacting } from './service-redaction.ts';
import { newStats } from './service-stats.ts';
import { newTimelines } from './service-timeline.ts';
import { newUpkeep } from './service-upkeep.ts';
import { newWebhooks } from './service-webhooks.ts';

export type { Consolidation, ServiceParts } from './service-parts.ts';

/** The memory of every tenant, in process. */
export interface Ecphory {
  /** Everything the tenant can do. There is no other way in. */
  forTenant(tenant: Tenant): MemoryService;
  readonly backfill: Backfill | null;
  /** Stops background work. The parts stay open: who opened them closes them. */
  close(): Promise<void>;
}

export function newEcphory(parts: ServiceParts): Ecphory {
  const { store, embedder } = parts;
  const backfill =
    embedder === null
      ? null
      : newBackfill({
          store,
          embedder,
          onFailure: (error, retryInMs) => parts.onNotice(`Embedding failed; next try in ${retryInMs} ms.`, error),
        });
  backfill?.wake();
  const once = newIdempotency(parts);
  const loadCounter = parts.loadTokenCounter ?? newTokenCounterLoader();
  const addingFor = newAdding({ ...parts, embed, once });
  const memoriesFor = newMemories({ ...parts, embed });
  const readingFor = newReading({ ...parts, loadCounter });
  const factsFor = newFacts({ ...parts, embed, once });
  const graphsFor = newGraphs(parts);
  const profilesFor = newProfiles(parts);
  const timelinesFor = newTimelines(parts);
  const operationsFor = newOperations(parts);
  const upkeepFor = newUpkeep(parts);
  const statsFor = newStats(parts);
  const deleteWhereFor = newDeleteWhere({ ...parts, once });
  const eventsFor = newEventFeed(parts);
  const exportingFor = newExporting(parts);
  const importingFor = newImporting({ ...parts, onImported: () => backfill?.wake() });
  const webhooksFor = newWebhooks({
    ...parts,
    once,
    isPrivateAllowed: parts.webhooks?.isPrivateAllowed ?? false,
    wake: () => parts.webhooks?.wake(),
  });

  return {
    forTenant(tenant) {
      const memory: MemoryService = {
        ...addingFor(tenant),
        ...memoriesFor(tenant),
        ...readingFor(tenant),
        ...factsFor(tenant),
        ...graphsFor(tenant),
        ...profilesFor(tenant),
        ...timelinesFor(tenant),
        ...operationsFor(tenant),
        ...upkeepFor(tenant),
        ...statsFor(tenant),
        ...deleteWhereFor(tenant),
        ...eventsFor(tenant),
        ...exportingFor(tenant),
        ...importingFor(tenant),
        ...webhooksFor(tenant),
      };
      const repeatable = onceOnly(memory, tenant, { store, once });
      return parts.redaction == null ? repeatable : redacting(repeatable, parts.redaction);
    },
    backfill,
    close: async () => backfill?.close(),
  };

  /** When the embedder does not answer in time the write goes on, and the backfill makes up for it. */
  async function embed(texts: readonly string[]): ReturnType<EmbedPassages> {
    if (embedder === null || texts.length === 0) return null;
    try {
      return await embedder.embed(texts, 'passage', limits.embeddingDeadlineMs);
    } catch (error) {
      parts.onNotice('Embedding failed; stored without, the vectors follow.', error);
      backfill?.wake();
      return null;
    }
  }
}
