import { newAnalyzer } from '../../src/encoding/analyzer.ts';
import { analyseCue } from '../../src/retrieval/cue.ts';
import { eligibleSlots } from '../../src/retrieval/eligible.ts';
import { newKinds } from '../../src/retrieval/kinds.ts';
import { gathered } from '../../src/retrieval/rank.ts';
import { newScratch } from '../../src/retrieval/scratch.ts';
import { severalFactors, signalWeights } from '../../src/retrieval/weights.ts';
import type { Dataset } from '../datasets/dataset.ts';
import { conversationMemory } from './conversation-memory.ts';
import type { Example } from './fit.ts';

export interface Examples {
  readonly signals: readonly string[];
  readonly examples: readonly Example[];
}

/** Questions that are asked of one conversation in this many groups, when a data set is a single conversation. */
const groupsOfOne = 8;

/**
 * Every question with the candidates that recall would rank and what their signals say, times what the kind of cue
 * multiplies weights with; overview cues left out.
 */
export function examplesOf(dataset: Dataset): Examples {
  const analyzer = newAnalyzer();
  const kinds = newKinds(analyzer);
  const scratch = newScratch();
  const factors = new Map<string, number>(Object.entries(severalFactors));
  const examples: Example[] = [];
  let names: readonly string[] = [];
  for (const conversation of dataset.conversations) {
    const { set, turns } = conversationMemory(conversation, analyzer);
    const eligible = eligibleSlots({ set, asOf: null, now: Date.now(), includeArchived: false, passing: null });
    for (const [index, question] of conversation.questions.entries()) {
      const cue = analyseCue(question.text, analyzer, set);
      if (cue.asks.order || cue.asks.summary) continue;
      const similarities = new Map<number, number>();
      const input = { set, cue, analyzer, kinds, eligible, similarities, weights: signalWeights, limit: 25, scratch };
      const { candidates, signals } = gathered(input);
      names = signals.map(({ name }) => name);
      const values = new Float32Array(candidates.length * signals.length);
      for (const [column, signal] of signals.entries()) {
        const factor = cue.asks.several ? (factors.get(signal.name) ?? 1) : 1;
        for (let row = 0; row < candidates.length; row += 1) {
          values[row * signals.length + column] = factor * (signal.values[row] ?? 0);
        }
      }
      const gold = new Set(question.gold);
      examples.push({
        set: dataset.name,
        group: dataset.conversations.length > 1 ? conversation.id : `${conversation.id}-${index % groupsOfOne}`,
        values,
        candidates: candidates.length,
        gold: [...candidates.keys()].filter((row) => gold.has(turns[candidates[row] ?? -1]?.id ?? '')),
        goldCount: gold.size,
      });
    }
  }
  return { signals: names, examples };
}
