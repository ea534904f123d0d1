import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { TemporaryProject } from "./temporary-project.ts";

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

export interface K6Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What the script printed, a line each. */
  readonly consoleLines: readonly string[];
}

/** Runs `k6 run`, in a folder of its own. */
export function runK6(
  k6: string,
  script: string,
  settings: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Promise<K6Run> {
  const folder = new TemporaryProject();
  const consoleFile = join(folder.root, "console");
  const args = ["run", "--quiet", "--no-color", "--address", "127.0.0.1:0"];
  args.push("--log-format", "raw", "--console-output", consoleFile);
  for (const [name, value] of Object.entries(settings)) args.push("-e", `${name}=${value}`);
  const options = {
    cwd: folder.root,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder.root, ...environment },
    timeout: 100_000,
    maxBuffer: 1 << 26,
  };
  return new Promise((resolve) => {
    execFile(k6, [...args, script], options, (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : error === null ? 0 : -1;
      const text = existsSync(consoleFile) ? readFileSync(consoleFile, "utf8") : "";
      folder[Symbol.dispose]();
      resolve({ code, stdout, stderr, consoleLines: text.split("\n").filter((l) => l !== "") });
    });
  });
}
