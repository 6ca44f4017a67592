/** Runs something once, later. Injected, so that tests say when later is. */
export type Schedule = (run: () => void, delayMs: number) => { cancel(): void };

/** By the system's timer. One that is to run at a later time does not keep a process alive that has nothing else to do. */
export const afterDelay: Schedule = (run, delayMs) => {
  const timer = setTimeout(run, delayMs);
  if (delayMs > 0) timer.unref();
  return { cancel: () => clearTimeout(timer) };
};
