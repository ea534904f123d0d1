import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { runEngineCommand } from "./engine-command.ts";
import type { RunScript } from "./script-run.ts";

/** k6 binaries to test with: those of `K6_BIN` (several are separated as PATH is), else the k6 on PATH. */
export function k6Binaries(): string[] {
  const named = process.env["K6_BIN"];
  if (named !== undefined) return named.split(delimiter).filter((path) => path !== "");
  const onPath = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "k6"))
    .find((path) => existsSync(path));
  return onPath === undefined ? [] : [onPath];
}

/** Printed where tests on k6 are skipped. */
export const NO_K6 = "no k6: set K6_BIN to a k6 that has k6/x/sse, or put one on PATH";

/** `k6 run` with that binary. */
export function k6Runner(k6: string): RunScript {
  return (script, settings, options = {}) =>
    runEngineCommand(
      k6,
      (consoleFile) => [
        ...["run", "--quiet", "--no-color", "--address", "127.0.0.1:0"],
        ...["--log-format", "raw", "--console-output", consoleFile],
        ...Object.entries(settings).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
        script,
      ],
      options,
    );
}
