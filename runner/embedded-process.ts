import { runBundle } from "./embedded/run-bundle.ts";

/**
 * Entry of the embedded engine's process: `node embedded-engine.js <bundle> <console output>`, in k6's manner: summary on
 * standard output, log on standard error, k6's exit codes, one SIGINT, or "interrupt" from
 * the process that started it, ends the test gracefully and a second one at once.
 */
async function main(bundlePath: string, consoleOutput: string): Promise<number> {
  const abort = new AbortController();
  const interrupt = () => {
    if (abort.signal.aborted) process.exit(105);
    abort.abort();
  };
  process.on("message", (message) => {
    if (message === "interrupt") interrupt();
  });
  process.on("SIGINT", () => {
    // A console of Windows sends a Ctrl-C to all its processes: the starter's message would be the second one.
    if (process.platform !== "win32" || !process.connected) interrupt();
  });
  // Whoever started this is gone: nobody waits for the result.
  process.on("disconnect", () => process.exit(105));
  const result = await runBundle({
    bundlePath,
    consoleOutput,
    env: environment(),
    signal: abort.signal,
  });
  return result.exitCode;
}

function environment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined) env[name] = value;
  }
  return env;
}

const [bundlePath, consoleOutput] = process.argv.slice(2);
if (bundlePath === undefined || consoleOutput === undefined) {
  process.stderr.write("usage: embedded-engine <bundle> <console output>\n");
  process.exit(2);
}
const exitCode = await main(bundlePath, consoleOutput);
// The IPC channel would keep the process alive.
process.exit(exitCode);
