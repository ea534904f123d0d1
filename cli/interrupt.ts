/**
 * Calls `onInterrupt` at the first Ctrl-C (or SIGTERM), for a graceful end; a second one ends the process at once, as
 * k6 does. Returns what takes the handlers away again.
 */
export function handleInterrupt(onInterrupt: () => void): () => void {
  let seen = 0;
  const handler = () => {
    seen += 1;
    if (seen > 1) process.exit(105);
    onInterrupt();
  };
  process.on("SIGINT", handler);
  process.on("SIGTERM", handler);
  return () => {
    process.off("SIGINT", handler);
    process.off("SIGTERM", handler);
  };
}

/** Resolves when a command that serves is to end: by an interrupt, or with the process that started it. */
export async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    // A console of Windows sends a Ctrl-C to all its processes: the one that started this may still need it.
    if (process.platform === "win32" && process.connected) process.on("SIGINT", () => {});
    else handleInterrupt(resolve);
    // Started by another process: end with it, even if it was killed.
    process.on("disconnect", resolve);
  });
  // The channel to the process that started this one would keep it alive.
  if (process.connected) process.disconnect();
}
