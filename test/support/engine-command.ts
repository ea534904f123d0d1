import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunOptions, ScriptRun } from "./script-run.ts";
import { TemporaryProject } from "./temporary-project.ts";

const POLL_MS = 50;

/** Run an engine's command in a folder of its own, with no more of the environment than it needs. */
export function runEngineCommand(
  command: string,
  argsFor: (consoleFile: string) => readonly string[],
  { environment = {}, interruptAfterLines = [] }: RunOptions,
): Promise<ScriptRun> {
  const folder = new TemporaryProject();
  const consoleFile = join(folder.root, "console");
  const options = {
    cwd: folder.root,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder.root, ...environment },
    timeout: 100_000,
    maxBuffer: 1 << 26,
  };
  return new Promise((resolve) => {
    const child = execFile(command, argsFor(consoleFile), options, (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : error === null ? 0 : -1;
      clearInterval(timer);
      const consoleLines = linesOf(consoleFile);
      folder[Symbol.dispose]();
      resolve({ code, stdout, stderr, consoleLines });
    });
    const awaited = [...interruptAfterLines];
    const timer = setInterval(() => {
      const [next] = awaited;
      if (next === undefined || linesOf(consoleFile).length < next) return;
      awaited.shift();
      child.kill("SIGINT");
    }, POLL_MS);
  });
}

function linesOf(file: string): string[] {
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return text.split("\n").filter((line) => line !== "");
}
