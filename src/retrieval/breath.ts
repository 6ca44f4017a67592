/** Lets the event loop turn once: long work is done in pieces, so that no request waits for all of it. */
export function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
