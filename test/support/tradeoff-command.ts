import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { REPOSITORY } from "./temporary-project.ts";

export interface CommandEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly process: ChildProcess;
  readonly end: Promise<CommandEnd>;
}

/** Starts `tradeoff` as a person does, in a folder, with a clean environment; `root` is where it is installed. */
export function startTradeoff(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  root = REPOSITORY,
): RunningCommand {
  const { PATH = "", HOME = "", SystemRoot, TEMP } = process.env;
  const child = spawn(process.execPath, [join(root, "build", "tradeoff.mjs"), ...args], {
    cwd,
    env: {
      PATH,
      HOME,
      ...(SystemRoot === undefined ? {} : { SystemRoot }),
      ...(TEMP === undefined ? {} : { TEMP }),
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const end = new Promise<CommandEnd>((resolve) => {
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { process: child, end };
}

/** Runs `tradeoff` to its end. */
export function tradeoff(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  root = REPOSITORY,
): Promise<CommandEnd> {
  return startTradeoff(cwd, args, env, root).end;
}
