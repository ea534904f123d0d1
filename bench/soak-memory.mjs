// Whether a load generator's memory grows over a long run: resident size of the engine's process, once a second over the
// steady phase of the soak profile, against the ground-truth server. Linux only.
//   [K6_BIN=/path/to/k6] node bench/soak-memory.mjs [--seconds 60] [--streams 200] [--gap-ms 20] [--clients embedded,k6]
// The hour of the profile is `--seconds 3600`. The growth is the slope of a straight line through the samples after the
// first third, by when an engine has taken what it needs to run at all; both engines collect garbage, so that over a
// minute the size goes up and down by more than it grows. GOGC=20 has k6 collect more often, so that its size is nearer
// to what it keeps.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  BREACH,
  buildAll,
  machine,
  onClientCore,
  readLines,
  startServer,
} from "./support/embedded-run.mjs";
import { k6Version } from "./support/k6-run.mjs";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "60" },
    streams: { type: "string", default: "200" },
    "gap-ms": { type: "string", default: "20" },
    clients: { type: "string" },
  },
});
const SAMPLE_MS = 1_000;
const THIRDS = ["first", "second", "last"];
const k6 = process.env.K6_BIN;
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PROFILE = join(ROOT, "dist", "soak.js");

/** The command of each engine: a process of its own, whose console goes to the file. */
const CLIENTS = {
  embedded: (file) => [process.execPath, join(ROOT, ".build", "embedded-engine.js"), PROFILE, file],
  k6: (file) => [
    ...[k6, "run", "--quiet", "--address", "127.0.0.1:0", "--log-format", "raw"],
    ...["--console-output", file, PROFILE],
  ],
};

buildAll();
const about = `${machine()}${k6 ? `, ${k6Version(k6)}` : ""}`;
console.log(
  `${values.streams} streams of ${values["gap-ms"]} ms gaps, ${values.seconds} s steady; ${about}`,
);
const clients = (values.clients ?? (k6 ? "embedded,k6" : "embedded")).split(",");
for (const client of clients) report(client, await soak(CLIENTS[client]));

/** @returns sizes of the steady phase, and the records of its requests */
async function soak(commandOf) {
  const folder = mkdtempSync(join(os.tmpdir(), "soak-"));
  const records = join(folder, "requests.ndjson");
  const server = await startServer({ ttft: 100, gap: Number(values["gap-ms"]), tokens: 64 });
  const [command, ...args] = onClientCore(commandOf(records));
  const child = spawn(command, args, {
    env: {
      ...{ PATH: process.env.PATH, HOME: folder, RECORDS: "console", HEALTH: "report" },
      ...{ SLA: "none", VUS: values.streams, DURATION: `${values.seconds}s` },
      ...{ BASE_URL: server.url, SUMMARY_FILE: join(folder, "summary.json") },
      ...(process.env.GOGC && { GOGC: process.env.GOGC }),
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (text) => {
    log += text;
  });
  const samples = [];
  const timer = setInterval(() => {
    const bytes = residentBytes(child.pid);
    if (bytes !== undefined) samples.push({ atEpochMs: Date.now(), bytes });
  }, SAMPLE_MS);
  const code = await new Promise((resolve) => child.on("close", resolve));
  clearInterval(timer);
  await server.stop();
  if (code !== 0 && code !== BREACH) throw new Error(`the engine ended with ${code}: ${log}`);
  const [header, ...requests] = readLines(records);
  rmSync(folder, { recursive: true });
  const { startMs, endMs } = header.plan.windows.find(({ phase }) => phase === "steady");
  return {
    steadyMs: endMs - startMs,
    samples: samples
      .map(({ atEpochMs, bytes }) => ({ atMs: atEpochMs - header.t0EpochMs - startMs, bytes }))
      .filter(({ atMs }) => atMs >= 0 && atMs < endMs - startMs),
    endsMs: requests.map((request) => request.endMs - startMs),
  };
}

/** `undefined` between the end of a process and our hearing of it. */
function residentBytes(pid) {
  try {
    const kB = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kB === undefined ? undefined : Number(kB) * 1024;
  } catch {
    return undefined;
  }
}

function report(client, { steadyMs, samples, endsMs }) {
  const within = (ms, third) =>
    ms >= (third * steadyMs) / THIRDS.length && ms < ((third + 1) * steadyMs) / THIRDS.length;
  console.log(`\n${client}\nthird    requests  RSS, MB: mean (lowest to highest)`);
  for (const [third, name] of THIRDS.entries()) {
    const sizes = samples.filter(({ atMs }) => within(atMs, third)).map(({ bytes }) => bytes);
    const requests = endsMs.filter((ms) => within(ms, third)).length;
    const mean = sizes.reduce((sum, bytes) => sum + bytes, 0) / sizes.length;
    const range = `${megabytes(Math.min(...sizes))} to ${megabytes(Math.max(...sizes))}`;
    console.log(
      `${name.padEnd(6)}  ${String(requests).padStart(9)}  ${megabytes(mean)} (${range})`,
    );
  }
  const later = samples.filter(({ atMs }) => !within(atMs, 0));
  const bytesPerMs = slope(later.map(({ atMs, bytes }) => [atMs, bytes]));
  const requestsPerMs = endsMs.filter((ms) => ms >= 0 && ms < steadyMs).length / steadyMs;
  console.log(
    `after the first third: ${megabytes(bytesPerMs * 60_000)} MB a minute, ${(bytesPerMs / requestsPerMs / 1000).toFixed(2)} kB a request`,
  );
}

/** Of the straight line of least squares. */
function slope(points) {
  const mean = (axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const covariance = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return covariance / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
