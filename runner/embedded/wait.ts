/**
 * Calls back when the monotonic clock reads `dueMs` (as `performance.now()`), never before: Node's timers count whole
 * milliseconds of a clock that is read once a turn, and so may fire early.
 *
 * @returns what cancels it
 */
export function callAt(dueMs: number, act: () => void): () => void {
  let timer: NodeJS.Timeout;
  const arm = () => {
    const left = dueMs - performance.now();
    if (left <= 0) act();
    else timer = setTimeout(arm, Math.ceil(left));
  };
  timer = setTimeout(arm, Math.max(0, Math.floor(dueMs - performance.now())));
  return () => clearTimeout(timer);
}

/** Settles when the monotonic clock reads `dueMs`, or at the signal's abort. */
export function waitUntil(dueMs: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted || dueMs <= performance.now()) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      stop.removeEventListener("abort", done);
      resolve();
    };
    const cancel = callAt(dueMs, done);
    stop.addEventListener("abort", done);
  });
}
