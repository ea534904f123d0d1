// This project's own engines, with the figures that its report shows of a run.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runEngine } from "../embedded-run.mjs";
import { k6Version, runK6 } from "../k6-run.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const PROFILE = join(ROOT, "dist", "chat-50vu.js");

export const embedded = {
  name: "embedded",
  title: "this project, embedded engine",
  variable: null,
  version: () => `Node ${process.version}`,
  run: async (_, load) => {
    const { header, requests } = await runEngine(settingsOf(load));
    return figuresOf(header, requests, load);
  },
};

export const k6 = {
  name: "k6",
  title: "this project, k6",
  variable: "K6_BIN",
  version: k6Version,
  run: async (program, load) => {
    const [header, ...requests] = (await runK6(program, PROFILE, settingsOf(load))).lines;
    return figuresOf(header, requests, load);
  },
};

function settingsOf({ url, streams, seconds, tokens }) {
  return {
    ...{ BASE_URL: url, VUS: String(streams), DURATION: `${seconds}s`, MAX_TOKENS: String(tokens) },
    ...{ SLA: "none", HEALTH: "report", TIMEOUT: "30s" },
  };
}

/** What the report says of the steady phase, and which requests and which time that was. */
function figuresOf(header, requests, { folder }) {
  const records = join(folder, "requests.ndjson");
  writeFileSync(records, [header, ...requests].map((line) => `${JSON.stringify(line)}\n`).join(""));
  const args = [join(ROOT, ".build", "cli.js"), "report", records, "--out", folder];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`tradeoff report ended with ${status}: ${stderr}`);
  const [cell] = JSON.parse(readFileSync(join(folder, "report.json"), "utf8")).cells;
  const { startMs, endMs } = header.plan.windows.find(({ phase }) => phase === "steady");
  const of = ({ p50, p95 }) => ({ p50: p50?.value ?? null, p95: p95?.value ?? null });
  return {
    requests: cell.completed,
    failed: cell.failed,
    ttftMs: of(cell.ttftMs),
    itlMs: of(cell.itlMs),
    gapP99Ms: cell.iclMs.p99?.value ?? null,
    e2eP50Ms: of(cell.e2eMs).p50,
    tokensPerSecond: cell.outputTokensPerSecond?.value ?? null,
    measured: {
      ids: new Set(requests.filter(({ phase }) => phase === "steady").map(({ id }) => id)),
      fromEpochMs: header.t0EpochMs + startMs,
      toEpochMs: header.t0EpochMs + endMs,
    },
  };
}
