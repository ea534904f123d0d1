// What the benchmarks of the clients share: the ground-truth server and the embedded engine as processes, each on a core of
// its own where the machine can pin them.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const canPin = spawnSync("taskset", ["--version"]).error === undefined && os.cpus().length > 1;
const CLIENT_CORE = 0;
const SERVER_CORE = 1;
/** Exit code of a run with too few requests for its thresholds: no matter here. */
export const BREACH = 99;

/** Build the bundles and the programs. */
export function buildAll() {
  const built = spawnSync(process.execPath, ["build/build.mjs", "--quiet"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  if (built.status !== 0) process.exit(1);
}

export function machine() {
  const [cpu] = os.cpus();
  return `${os.cpus().length} x ${cpu?.model ?? "unknown CPU"}, Node ${process.version}${canPin ? ", client and server pinned to a core each" : ""}, load average ${os.loadavg()[0].toFixed(1)}`;
}

function pinned(core, command) {
  return canPin ? ["taskset", "-c", String(core), ...command] : command;
}

/** The command on the client's core. */
export function onClientCore(command) {
  return pinned(CLIENT_CORE, command);
}

/**
 * Starts the ground-truth server.
 *
 * @returns its base URL and what ends it and gives its log, an object a request
 */
export async function startServer({ ttft, gap, tokens, faults }) {
  const folder = mkdtempSync(join(os.tmpdir(), "ground-truth-"));
  const log = join(folder, "served.ndjson");
  const serve = [process.execPath, join(ROOT, ".build/cli.js"), "ground-truth", "--port", "0"];
  serve.push(
    "--ttft",
    String(ttft),
    "--gap",
    String(gap),
    "--tokens",
    String(tokens),
    "--log",
    log,
    "--json",
  );
  if (faults !== undefined) serve.push("--faults", faults);
  const [command, ...args] = pinned(SERVER_CORE, serve);
  // By the channel it learns of the benchmark's end, whatever that is.
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const closed = new Promise((resolve) => child.on("close", resolve));
  const ready = await new Promise((resolve, reject) => {
    child.stdout.once("data", (text) => resolve(JSON.parse(text)));
    child.once("close", () => reject(new Error("the ground-truth server did not start")));
  });
  return {
    url: ready.url,
    stop: async () => {
      child.kill();
      await closed;
      const served = readLines(log);
      rmSync(folder, { recursive: true });
      return served;
    },
  };
}

/** Run the chat profile on the engine. CPU seconds are the engine's own, user and system. */
export async function runEngine(settings) {
  const folder = mkdtempSync(join(os.tmpdir(), "embedded-bench-"));
  const records = join(folder, "requests.ndjson");
  const [command, ...rest] = onClientCore([
    process.execPath,
    "--import",
    join(ROOT, "bench/support/report-cpu.mjs"),
    join(ROOT, ".build/embedded-engine.js"),
    join(ROOT, "dist/chat-50vu.js"),
    records,
  ]);
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
  if (code !== 0 && code !== BREACH) throw new Error(`the engine ended with ${code}: ${log}`);
  const [header, ...requests] = readLines(records);
  rmSync(folder, { recursive: true });
  return { header, requests, cpuSeconds };
}

export function readLines(file) {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** Median and range of some rounds. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  return { median: middle, min: sorted[0], max: sorted[sorted.length - 1] };
}
