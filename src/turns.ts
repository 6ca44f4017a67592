export type InTurn = <Result>(key: string, act: () => Promise<Result>) => Promise<Result>;

/** What is done under one key is done one after the other, in the order asked, whether the one before failed or not. */
export function newTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();

  return async <Result>(key: string, act: () => Promise<Result>) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(act, act);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
