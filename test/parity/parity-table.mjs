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
writeFileSync(join(ROOT, "docs", "parity.md"), render(rows));
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

function render(all) {
  const [cpu] = os.cpus();
  return `# The embedded engine beside real k6

Written by \`node test/parity/parity-table.mjs\` on ${os.cpus().length} x ${cpu.model.trim()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}.
The profile \`chat-50vu\` with \`VUS=8 DURATION=5s\` on each engine against one scripted server: 16 tokens, the first after
40 ms, then one each 10 ms. In a closed loop the number of requests depends on the last milliseconds of each run, so
counts differ by a few from run to run on one engine too; the rest is equal where nothing is said. Small scripts with one
expectation for all engines are in \`test/support/engine-cases.ts\`; that table is run by the tests.

One difference is k6's own race: when the run is interrupted, xk6-sse may tell the script that a stream has ended before
the script is stopped, and a request or two are now and then recorded as truncated. The embedded engine stops the script first: such
requests leave no record and count as interrupted.

## How runs end

Outcomes of the recorded requests; "seen" is what the server saw, where that is another number.

| situation | exit | ${engines.map(({ name }) => name).join(" | ")} | thresholds breached |
| --- | --- |${engines.map(() => " --- |").join("")} --- |
${SITUATIONS.map(({ name }) => endRow(name, all)).join("\n")}

## What the records and the log say

One text where all engines say the same, else each engine's own.

${SITUATIONS.map(({ name }) => wordsOf(name, all)).join("\n")}

## Metrics in the summary

${SITUATIONS.map(({ name }) => metricsOf(name, all)).join("\n")}

## Latency

All well, steady phase, ms at p50 / p95.

| engine | TTFT | ITL | E2E |
| --- | --- | --- | --- |
${all
  .filter(({ situation }) => situation === "all well")
  .map(latencyRow)
  .join("\n")}
`;
}

function endRow(name, all) {
  const some = all.filter(({ situation }) => situation === name);
  const cells = some.map(({ outcomes, seen, recorded }) => {
    const told = Object.entries(outcomes).map(([outcome, n]) => `${outcome} ${n}`);
    return [...told, ...(seen === recorded ? [] : [`(seen ${seen})`])].join(", ") || "-";
  });
  const exit = agreement(some, ({ code }) => String(code));
  const breached = agreement(some, ({ metrics }) => quoted(breaches(metrics)));
  return `| ${[name, exit, ...cells, breached].join(" | ")} |`;
}

function breaches(metrics) {
  return Object.entries(metrics)
    .flatMap(([name, { thresholds }]) =>
      Object.entries(thresholds ?? {})
        .filter(([, { ok }]) => !ok)
        .map(([source]) => `${name}: ${source}`),
    )
    .sort();
}

/** One text where all engines agree, else each engine's own. */
function agreement(some, read) {
  const [first, ...others] = some.map(read);
  if (others.every((text) => text === first)) return first;
  return some.map((row) => `${row.engine}: ${read(row)}`).join("; ");
}

function wordsOf(name, all) {
  const some = all.filter(({ situation }) => situation === name);
  const details = agreement(some, (row) => quoted(row.details));
  const log = agreement(some, ({ log: text }) =>
    quoted(text.split("\n").filter((line) => line !== "" && !line.startsWith("\t"))),
  );
  return `- ${name}\n  - details of requests: ${details}\n  - log: ${log}`;
}

function quoted(texts) {
  return texts.length === 0 ? "-" : texts.map((text) => `\`${text}\``).join(", ");
}

function metricsOf(name, all) {
  const some = all.filter(({ situation }) => situation === name);
  const every = new Set(some.flatMap(({ metrics }) => Object.keys(metrics)));
  const differing = [...every].filter((metric) => some.some(({ metrics }) => !(metric in metrics)));
  const shapes = [...every]
    .filter((metric) => !differing.includes(metric))
    .filter((metric) => {
      const shape = ({ metrics }) => {
        const { type, contains, values, thresholds } = metrics[metric];
        const keys = [Object.keys(values), Object.keys(thresholds ?? {})].map((k) => k.sort());
        return JSON.stringify([type, contains, keys]);
      };
      return new Set(some.map(shape)).size > 1;
    });
  const absent = some.map(
    ({ engine, metrics }) =>
      `not on ${engine}: ${differing.filter((metric) => !(metric in metrics)).join(", ") || "none"}`,
  );
  const names = differing.length === 0 ? `${every.size} names, the same on all` : absent.join("; ");
  return `- ${name}: ${names}${shapes.length === 0 ? "" : `; other values or thresholds: ${shapes.join(", ")}`}`;
}

function latencyRow({ engine, metrics }) {
  const cell = (metric) => {
    const { values } = metrics[`${metric}{phase:steady}`];
    return `${values["p(50)"].toFixed(1)} / ${values["p(95)"].toFixed(1)}`;
  };
  return `| ${engine} | ${cell("llm_ttft")} | ${cell("llm_itl")} | ${cell("llm_e2e_latency")} |`;
}
