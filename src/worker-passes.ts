import { planAllLinkUpkeep, planLinkUpkeep } from './consolidation/link-upkeep.ts';
import { newProposer } from './consolidation/model/proposer.ts';
import { newSummaryWriter } from './consolidation/model/summary-writer.ts';
import { planClaims, resettleOrphans } from './consolidation/plan-claims.ts';
import { planEvolution } from './consolidation/plan-evolution.ts';
import { planForgetting } from './consolidation/plan-forgetting.ts';
import { planLinks } from './consolidation/plan-links.ts';
import { planMerges } from './consolidation/plan-merges.ts';
import { planNotes } from './consolidation/plan-notes.ts';
import { newSummaryPass } from './consolidation/plan-summaries.ts';
import { loadScopeView } from './consolidation/scope-view.ts';
import { type ConsolidationWorker, newConsolidationWorker, type WorkerParts } from './consolidation/worker.ts';
import { newAnalyzer } from './encoding/analyzer.ts';
import { fsrs } from './memory/forgetting.ts';
import { type NoteId, newIdSource } from './memory/ids.ts';
import type { LanguageModel } from './memory/language-model.ts';
import type { Scope } from './memory/scope.ts';

export interface ConsolidationOptions
  extends Pick<WorkerParts, 'store' | 'embedder' | 'clock' | 'onNotice' | 'onJob' | 'schedule' | 'sleep'> {
  /** Null for rules alone. */
  readonly model: LanguageModel | null;
  /** Of the model, that one tenant may use in a day (UTC). */
  readonly tokensPerDay: number;
}

/** The worker with the passes of the house: the same in a thread of the server, alone, and in process. */
export function newConsolidation({ model, tokensPerDay, ...options }: ConsolidationOptions): ConsolidationWorker {
  const { store, clock } = options;
  const analyzer = newAnalyzer();
  const proposer = model === null ? null : newProposer({ model, runs: store.runs, clock, tokensPerDay });
  const writer = model === null ? null : newSummaryWriter({ model, runs: store.runs, store, clock, tokensPerDay });
  return newConsolidationWorker({
    ...options,
    planners: { notes: planNotes, links: planLinks, evolution: planEvolution, claims: planClaims },
    finishers: { links: upkeep, claims: resettleOrphans },
    scopePasses: { merges: planMerges, summaries: newSummaryPass(writer), forgetting: planForgetting },
    propose: proposer === null ? null : (run, batch, parts) => proposer.propose(run, batch, parts),
    analyzer,
    ids: newIdSource(clock),
    curve: fsrs,
    loadView: (scope) => loadScopeView(store, scope, { analyzer }),
  });

  async function upkeep(scope: Scope, _parts: unknown, now: number, used: readonly NoteId[] | null) {
    if (used === null) return planAllLinkUpkeep(scope, { store, now });
    return used.length === 0 ? [] : planLinkUpkeep(scope, used, { store, now });
  }
}
