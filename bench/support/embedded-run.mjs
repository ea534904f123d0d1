// What the embedded engine's benchmarks share: the raw server and the engine as processes, each on a core of its own
// where the machine can pin them.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const canPin = spawnSync("taskset", ["--version"]).error === undefined && os.cpus().length > 1;

/** Build the bundles and the engine. */
export function buildAll() {
  const built = spawnSync(process.execPath, ["build/build.mjs", "--quiet"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  if (built.status !== 0) process.exit(1);
}

export function machine() {
  const [cpu] = os.cpus();
  return `${os.cpus().length} x ${cpu?.model ?? "unknown CPU"}, Node ${process.version}${canPin ? ", engine and server pinned to a core each" : ""}`;
}

function pinned(core, command) {
  return canPin ? ["taskset", "-c", String(core), ...command] : command;
}

/** @returns its base URL and what ends it */
export async function startServer(...args) {
  const [command, ...rest] = pinned(1, [
    process.execPath,
    join(ROOT, "bench/support/sse-server.mjs"),
    ...args.map(String),
  ]);
  const child = spawn(command, rest, { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise((resolve) => {
    child.stdout.once("data", (text) => resolve(Number(String(text))));
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill() };
}

/** Run the chat profile on the engine. CPU seconds are the engine's own, user and system. */
export async function runEngine(settings) {
  const folder = mkdtempSync(join(os.tmpdir(), "embedded-bench-"));
  const records = join(folder, "requests.ndjson");
  const engine = [
    process.execPath,
    "--import",
    join(ROOT, "bench/support/report-cpu.mjs"),
    join(ROOT, ".build/embedded-engine.js"),
    join(ROOT, "dist/chat-50vu.js"),
    records,
  ];
  const [command, ...rest] = pinned(0, engine);
  const child = spawn(command, rest, {
    env: { PATH: process.env.PATH, RECORDS: "console", SLA: "none", HEALTH: "report", ...settings },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (text) => {
    log += text;
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  const cpuSeconds = Number(/cpu-seconds (\S+)/.exec(log)?.[1]);
  if (code !== 0) throw new Error(`the engine ended with ${code}: ${log}`);
  const [header, ...requests] = readFileSync(records, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  rmSync(folder, { recursive: true });
  return { header, requests, cpuSeconds };
}

/** Median and range of some rounds. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  return { median: middle, min: sorted[0], max: sorted[sorted.length - 1] };
}
