import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';

/** What was recalled for what a user said, so that every call of the model in one run sees the same. */
export interface RecallPerRun {
  /** With `isFresh` it is recalled anew: a run begins. */
  recall(about: About, isFresh: boolean): Promise<string>;
  forget(about: About): void;
}

export interface About {
  readonly namespace: string;
  readonly query: string;
}

/** `recall` must not reject. */
export function newRecallPerRun(recall: (about: About) => Promise<string>): RecallPerRun {
  const kept = new Map<string, Promise<string>>();
  return {
    async recall(about, isFresh) {
      const key = keyOf(about);
      const known = isFresh ? undefined : kept.get(key);
      if (known !== undefined) return known;
      const recalled = recall(about);
      kept.delete(key);
      kept.set(key, recalled);
      // Runs that failed never say that they are over.
      for (const oldest of kept.keys()) {
        if (kept.size <= limits.agentRecallsKept) break;
        kept.delete(oldest);
      }
      return recalled;
    },
    forget(about) {
      kept.delete(keyOf(about));
    },
  };
}

/** @throws EcphoryError `timeout`; the work goes on, and nobody waits for it. */
export async function withinMs<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new EcphoryError('timeout', `No answer within ${ms} ms.`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function keyOf({ namespace, query }: About): string {
  return `${namespace}\n${query}`;
}
