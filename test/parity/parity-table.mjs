// Runs the chat profile on real k6 and on the embedded engine against one scripted server, well and with faults, and
// writes what each of them made of it to docs/parity.md.
//   K6_V1=/path/to/k6 K6_V2=/path/to/k6 node test/parity/parity-table.mjs
// K6_BIN (several paths separated as PATH is) does too. The machine's timings are no part of the comparison.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { renderParity } from "./render-parity.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BUILT = join(ROOT, ".build", "parity");
const PROFILE = join(ROOT, "dist", "chat-50vu.js");
const STREAM = { kind: "stream", tokens: 16, firstMs: 40, gapMs: 10 };

const { startScriptedServer } = await buildAll();

/** What the server does, and what the run is told beside the usual. */
const SITUATIONS = [
  { name: "all well" },
  { name: "one request", settings: { ONCE: "1", VUS: undefined, DURATION: undefined } },
  { name: "server dead at the start", isDead: true },
  { name: "server dies at the 100th request", diesAt: 100 },
  {
    name: "every 5th stream cut",
    behave: (n) => (n % 5 === 0 ? { ...STREAM, stopAfter: 6, stop: "close" } : STREAM),
  },
  {
    name: "every 5th stream reset",
    behave: (n) => (n % 5 === 0 ? { ...STREAM, stopAfter: 6, stop: "reset" } : STREAM),
  },
  {
    name: "every 5th stream falls silent",
    behave: (n) => (n % 5 === 0 ? { ...STREAM, stopAfter: 6, stop: "silence" } : STREAM),
    settings: { TIMEOUT: "1s" },
  },
  {
    name: "every 5th request never answered",
    behave: (n) => (n % 5 === 0 ? { kind: "silent" } : STREAM),
    settings: { TIMEOUT: "1s" },
  },
  {
    name: "every 5th request answered 500",
    behave: (n) => (n % 5 === 0 ? { kind: "status", status: 500 } : STREAM),
  },
  { name: "every request answered 500", behave: () => ({ kind: "status", status: 500 }) },
  { name: "SLA breached", sla: { thresholds: { ttft: { p95: 10 } } } },
  { name: "interrupted at the 100th request", interruptAt: 100 },
  { name: "unknown model", settings: { MODEL: "nope" } },
  { name: "malformed setting", settings: { VUS: "many" } },
];

const engines = findEngines();
const rows = [];
for (const situation of SITUATIONS) {
  for (const engine of engines) {
    console.log(`${situation.name}: ${engine.name}`);
    rows.push({
      situation: situation.name,
      engine: engine.name,
      ...(await run(engine, situation)),
    });
  }
}
writeFileSync(
  join(ROOT, "docs", "parity.md"),
  renderParity(
    SITUATIONS.map(({ name }) => name),
    engines,
    rows,
  ),
);
rmSync(BUILT, { recursive: true });

async function buildAll() {
  const profiles = spawnSync(process.execPath, ["build/build.mjs", "--scenarios-only", "--quiet"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  if (profiles.status !== 0) process.exit(1);
  await build({
    entryPoints: {
      "embedded-engine": join(ROOT, "runner/embedded-process.ts"),
      "scripted-server": join(ROOT, "test/support/scripted-server.ts"),
    },
    outdir: BUILT,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
  });
  return await import(join(BUILT, "scripted-server.mjs"));
}

function findEngines() {
  const { K6_V1, K6_V2, K6_BIN } = process.env;
  const found = [
    { name: "k6 v1", path: K6_V1 },
    { name: "k6 v2", path: K6_V2 },
    ...(K6_BIN?.split(delimiter) ?? []).map((path) => ({ name: basename(path), path })),
  ].filter(({ path }) => path);
  if (found.length === 0) {
    console.error("set K6_V1 and K6_V2, or K6_BIN, to k6 binaries that have k6/x/sse");
    process.exit(2);
  }
  return [...found, { name: "embedded" }];
}

async function run(engine, situation) {
  const folder = mkdtempSync(join(os.tmpdir(), "parity-"));
  const records = join(folder, "requests.ndjson");
  const summary = join(folder, "summary.json");
  const sla = join(folder, "sla.json");
  writeFileSync(sla, JSON.stringify(situation.sla ?? {}));
  let interrupt = () => {};
  const server = await startScriptedServer({
    behave: (n) => {
      if (n === situation.diesAt) setImmediate(() => server.kill());
      if (n === situation.interruptAt) interrupt();
      return situation.behave?.(n) ?? STREAM;
    },
  });
  if (situation.isDead) await server.kill();
  const settings = {
    VUS: "8",
    DURATION: "5s",
    RECORDS: "console",
    SUMMARY_FILE: summary,
    BASE_URL: server.url,
    ...(situation.sla && { SLA: sla }),
    ...situation.settings,
  };
  const { code, log } = await start(engine, records, settings, (child) => {
    interrupt = () => child.kill("SIGINT");
  });
  if (!situation.isDead && situation.diesAt === undefined) await server.kill();
  // Its port is another each time.
  const named = (text) => text.replaceAll(new URL(server.url).host, "server");
  const requests = lines(records).filter(({ kind }) => kind === "request");
  const metrics = readMetrics(summary);
  rmSync(folder, { recursive: true });
  return {
    code,
    log: named(log),
    seen: server.seen.length,
    recorded: requests.length,
    outcomes: countBy(requests, ({ outcome }) => outcome),
    details: [...new Set(requests.flatMap(({ detail }) => (detail ? [named(detail)] : [])))].sort(),
    metrics,
  };
}

function start(engine, records, settings, whenStarted) {
  const script = engine.path
    ? [
        ...["run", "--quiet", "--address", "127.0.0.1:0", "--log-format", "raw"],
        ...["--no-color", "--console-output", records, PROFILE],
      ]
    : [join(BUILT, "embedded-engine.mjs"), PROFILE, records];
  const env = Object.fromEntries(
    Object.entries({ PATH: process.env.PATH, HOME: os.tmpdir(), ...settings }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const child = spawn(engine.path ?? process.execPath, script, {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  whenStarted(child);
  let log = "";
  child.stderr.on("data", (text) => {
    log += text;
  });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, log }));
  });
}

function lines(file) {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

function readMetrics(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).metrics;
  } catch (error) {
    if (error.code === "ENOENT") return {};
    throw error;
  }
}

function countBy(items, key) {
  const counts = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).sort());
}
