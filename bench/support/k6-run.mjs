// Runs a script on k6, on the client's core, and reads what it printed.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { BREACH, onClientCore, readLines } from "./embedded-run.mjs";

/** Name and version, such as `k6 v1.8.1`. */
export function k6Version(k6) {
  return /^k6\S* v\S+/.exec(`${execFileSync(k6, ["version"])}`)?.[0] ?? "k6";
}

/** @returns the script's JSON lines, and its CPU seconds, user and system, start included */
export async function runK6(k6, script, settings) {
  const folder = mkdtempSync(join(os.tmpdir(), "k6-bench-"));
  const output = join(folder, "console");
  const env = { RECORDS: "console", SUMMARY_FILE: join(folder, "summary.json"), ...settings };
  const args = ["run", "--quiet", "--address", "127.0.0.1:0", "--log-format", "raw"];
  args.push("--console-output", output);
  for (const [name, value] of Object.entries(env)) args.push("-e", `${name}=${value}`);
  const times = join(folder, "times");
  const log = join(folder, "log");
  const timed = 'TIMEFORMAT="%U %S"; { time "$@" >/dev/null 2>"$LOG"; } 2>"$TIMES"';
  const child = spawn("bash", ["-c", timed, "bench", ...onClientCore([k6, ...args, script])], {
    env: { PATH: process.env.PATH, HOME: folder, LOG: log, TIMES: times },
    stdio: "ignore",
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0 && code !== BREACH) {
    throw new Error(`k6 ended with ${code}: ${readFileSync(log, "utf8")}`);
  }
  const [user, system] = readFileSync(times, "utf8").trim().split(" ").map(Number);
  const lines = readLines(output);
  rmSync(folder, { recursive: true });
  return { lines, cpuSeconds: user + system };
}
