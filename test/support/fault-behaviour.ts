import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import type { RequestRecord } from "../../lib/core/request-record.ts";
import { FAULTS, type Fault } from "../../model-server/ground-truth/faults.ts";
import type { GroundTruthRequest } from "../../model-server/ground-truth/served-answer.ts";
import {
  type GroundTruthServer,
  startGroundTruth,
} from "../../model-server/ground-truth/start-ground-truth.ts";
import { recordsOf, summarySchema } from "./profile-behaviour.ts";
import type { RunScript } from "./script-run.ts";
import { REPOSITORY, TemporaryProject } from "./temporary-project.ts";

const PROFILE = join(REPOSITORY, "dist", "chat-50vu.js");
const TOKENS = 10;
const COMPLETED = {
  outcome: "completed",
  status: 200,
  outputTokens: TOKENS,
  tokenSource: "usage",
  finishReason: "length",
  detail: null,
} as const;
/** Some of the answer came. */
const STARTED = { status: 200, finishReason: null, usage: null } as const;
const STALLED = { outcome: "timed_out", stalled: true } as const;

/** What the record of a chat request says by what the server did to it, by docs/metrics.md. */
const EXPECTED: Readonly<Record<Fault, Partial<RequestRecord>>> = {
  http_500: { outcome: "http_error", status: 500, detail: "HTTP 500" },
  http_503: { outcome: "http_error", status: 503, detail: "HTTP 503" },
  http_429: { outcome: "rate_limited", status: 429, retryAfterMs: 1_000 },
  drop: { outcome: "connect_error", status: null, headersMs: null },
  silent: { ...STALLED, status: null, headersMs: null },
  html: { outcome: "malformed", status: 200, outputTokens: null },
  json: { outcome: "malformed", status: 200, outputTokens: null },
  stall: { ...STALLED, ...STARTED, outputTokens: TOKENS / 2 },
  cut: { outcome: "truncated", ...STARTED, outputTokens: TOKENS / 2 },
  cut_token: { outcome: "truncated", ...STARTED, outputTokens: TOKENS / 2 },
  cut_utf8: { outcome: "truncated", ...STARTED, outputTokens: TOKENS / 2 },
  reset: { outcome: "truncated", ...STARTED, outputTokens: TOKENS / 2 },
  malformed: { outcome: "malformed", ...STARTED },
  error_event: { outcome: "stream_error", ...STARTED, detail: "injected: error_event" },
  long_line: COMPLETED,
  no_usage: { ...COMPLETED, tokenSource: "chunks", usage: null },
  lumps: { ...COMPLETED, chunkTokens: null },
  lumps_usage: { ...COMPLETED, chunkTokens: [4, 4, 2] },
  empty: { outcome: "empty", status: 200, finishReason: "stop", firstContentMs: null },
  no_finish: { ...COMPLETED, finishReason: null },
  no_done: { outcome: "truncated", status: 200, finishReason: "length" },
  no_end: { outcome: "truncated", ...STARTED },
  endless: { outcome: "timed_out", stalled: false, ...STARTED },
};

let server: GroundTruthServer | undefined;

/**
 * Tests of what a profile makes of a server's faults, on an engine; to be called beside `testProfile`, which builds the profiles.
 *
 * @param runScript the engine, asked for in each test, since building it may come first
 */
export function testFaults(runScript: RunScript): void {
  afterEach(async () => {
    await server?.close();
    server = undefined;
  });

  test("every fault ends as what it is, nothing hangs, and totals are the server's", async () => {
    using folder = new TemporaryProject();
    const served: GroundTruthRequest[] = [];
    const faults: readonly (Fault | null)[] = [null, ...FAULTS];
    server = await startGroundTruth({
      port: 0,
      ttftMs: 10,
      gapMs: 5,
      tokens: 1,
      faultOf: (request) => faults[request % faults.length] ?? null,
      onRequestEnd: (request) => served.push(request),
    });
    const SUMMARY_FILE = join(folder.root, "summary.json");
    const run = await runScript(PROFILE, {
      ...{ BASE_URL: server.url, VUS: "8", DURATION: "4s", TIMEOUT: "1s", BACKOFF: "20ms" },
      ...{ MAX_TOKENS: String(TOKENS), SLA: "none", RECORDS: "console", SUMMARY_FILE },
    });
    await server.close();

    const { requests } = recordsOf(run);
    expect(served.length).toBeGreaterThan(2 * faults.length);
    expect(requests.map(({ id }) => id).sort()).toEqual(served.map(({ id }) => id).sort());
    const records = new Map(requests.map((request) => [request.id, request]));
    for (const { id, fault, flushMs } of served) {
      const record = records.get(id);
      const expected = fault === null ? COMPLETED : EXPECTED[fault];
      expect({ fault, ...record }).toMatchObject({ fault, ...expected });
      // What it noted is what was sent, as far as it was read: a reset may overtake tokens.
      if (record?.outcome === "completed" && fault !== "lumps" && fault !== "lumps_usage") {
        expect(record.gapsUs).toHaveLength(flushMs.length - 1);
      }
    }
    const { metrics } = summarySchema.parse(JSON.parse(readFileSync(SUMMARY_FILE, "utf8")));
    expect(metrics["llm_requests_started"]?.values["count"]).toBe(served.length);
    expect(metrics["llm_requests"]?.values["count"]).toBe(served.length);
  });
}
