import type { BaseMessage } from '@langchain/core/messages';
import { limits } from '../../memory/limits.ts';

/**
 * What was recalled for the message that a run answers, so that every call of the model in it sees the same. Kept here
 * and not in the agent's state, where it would end in checkpoints and in what the agent returns.
 */
export interface RecallPerRun {
  recall(namespace: string, said: BaseMessage | null): Promise<string>;
  forget(namespace: string, said: BaseMessage | null): void;
}

export function newRecallPerRun(recall: (namespace: string, said: BaseMessage) => Promise<string>): RecallPerRun {
  const kept = new Map<string, Promise<string>>();
  return {
    async recall(namespace, said) {
      if (said === null) return '';
      const key = keyOf(namespace, said);
      const known = kept.get(key);
      if (known !== undefined) return known;
      const recalled = recall(namespace, said);
      kept.set(key, recalled);
      // Runs that failed never say that they are over.
      for (const oldest of kept.keys()) {
        if (kept.size <= limits.agentRecallsKept) break;
        kept.delete(oldest);
      }
      return recalled;
    },
    forget(namespace, said) {
      if (said !== null) kept.delete(keyOf(namespace, said));
    },
  };
}

/** LangGraph gives every message of a state an id. */
function keyOf(namespace: string, { id, text }: BaseMessage): string {
  return `${namespace}\n${id ?? text}`;
}
