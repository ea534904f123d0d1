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
