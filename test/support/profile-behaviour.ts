import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { buildProfiles } from "../../build/bundles.mjs";
import { quantile, sortedCopy } from "../../lib/core/quantile.ts";
import { requestMetrics } from "../../lib/core/request-metrics.ts";
import type { RequestRecord, RunHeader } from "../../lib/core/request-record.ts";
import { parseSla } from "../../lib/core/sla.ts";
import { recordLineSchema } from "../../records/request-record.ts";
import type { RunScript, ScriptRun } from "./script-run.ts";
import {
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
} from "./scripted-server.ts";
import { REPOSITORY, TemporaryProject } from "./temporary-project.ts";

const PROFILE = join(REPOSITORY, "dist", "chat-50vu.js");
const SWEEP = join(REPOSITORY, "dist", "chat-sweep.js");
/** A busy machine makes the client late: that is no concern of these tests. */
const HEALTH = "report";
const QUICK = { VUS: "4", DURATION: "2s", RECORDS: "console", BACKOFF: "100ms", HEALTH };
const STREAM = { kind: "stream", tokens: 8, firstMs: 20, gapMs: 5 } as const;

const servers: ScriptedServer[] = [];

async function serve(options: ScriptedServerOptions = {}): Promise<ScriptedServer> {
  const server = await startScriptedServer({ behave: () => STREAM, ...options });
  servers.push(server);
  return server;
}

export const summarySchema = z.object({
  metrics: z.record(z.string(), z.object({ values: z.record(z.string(), z.number()) })),
});

interface Records {
  readonly header: RunHeader;
  readonly requests: readonly RequestRecord[];
}

/** The records of a run: every line must be one, the header first and only once. */
export function recordsOf(run: ScriptRun): Records {
  const [first, ...rest] = run.consoleLines.map((line) => recordLineSchema.parse(JSON.parse(line)));
  if (first?.kind !== "run") throw new Error(`no header line, but ${run.consoleLines[0]}`);
  const requests = rest.map((line) => {
    if (line.kind !== "request") throw new Error("a second header line");
    return line;
  });
  return { header: first, requests };
}

/** Bundles the repository's profiles to `dist/`. */
export async function buildDist(): Promise<void> {
  await buildProfiles(REPOSITORY);
}

/**
 * Tests of what a profile does on an engine; to be called within a `describe`.
 *
 * @param runScript the engine, asked for in each test, since building it may come first
 */
export function testProfile(runScript: RunScript): void {
  beforeAll(buildDist);

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.kill();
  });

  test("records every request that the server saw, and holds its SLA", async () => {
    const server = await serve();
    const run = await runScript(PROFILE, { ...QUICK, BASE_URL: `${server.url}/v1/` });
    expect(run.stderr).toBe("");
    expect(run.code).toBe(0);
    const { header, requests } = recordsOf(run);
    expect(header).toMatchObject({ profile: "chat-50vu", model: "scripted", slaName: "chat" });
    const file = join(REPOSITORY, "thresholds", "chat.json");
    expect(header.sla).toEqual(parseSla(readFileSync(file, "utf8"), file));
    expect(header.settings["VUS"]).toEqual({ value: "4", source: "environment" });
    expect(requests.map(({ id }) => id).sort()).toEqual(server.seen.map(({ id }) => id).sort());
    for (const request of requests) {
      expect(request).toMatchObject({ outcome: "completed", outputTokens: 8, good: true });
      expect(request.gapsUs).toHaveLength(7);
    }
    expect(run.stdout).toContain("held      llm_ttft{phase:steady} p(95)<=500");
    expect(Math.max(...run.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test("its percentiles are exactly those of its records", async () => {
    using folder = new TemporaryProject();
    const SUMMARY_FILE = join(folder.root, "summary.json");
    const server = await serve();
    const run = await runScript(PROFILE, { ...QUICK, SUMMARY_FILE, BASE_URL: server.url });
    expect(run.code).toBe(0);
    const { metrics } = summarySchema.parse(JSON.parse(readFileSync(SUMMARY_FILE, "utf8")));
    const steady = recordsOf(run).requests.filter(({ phase }) => phase === "steady");
    expect(steady.length).toBeGreaterThan(20);
    const perRequest = steady.flatMap((request) => requestMetrics(request) ?? []);
    const names = { llm_ttft: "ttftMs", llm_itl: "itlMs", llm_e2e_latency: "e2eMs" } as const;
    for (const [name, key] of Object.entries(names)) {
      const values = sortedCopy(perRequest.flatMap((metrics) => metrics[key] ?? []));
      const shown = metrics[`${name}{phase:steady}`]?.values;
      expect(shown?.["count"]).toBe(values.length);
      for (const q of [0.5, 0.9, 0.95, 0.99]) {
        expect(shown?.[`p(${q * 100})`]).toBe(quantile(values, q));
      }
    }
  });

  test("a server that is dead from the start is setup's clear error", async () => {
    const run = await runScript(PROFILE, { ...QUICK, BASE_URL: "http://127.0.0.1:1" });
    expect(run.code).toBe(108);
    expect(run.stderr).toContain("target-unreachable: nobody answers at http://127.0.0.1:1");
    expect(run.consoleLines).toEqual([]);
  });

  test("a server that dies in the middle breaches, hangs nobody, and loses no request", async () => {
    const server = await serve({
      behave: (request) => {
        // While that one's stream is under way, however busy the machine is.
        if (request === 200) setTimeout(() => void server.kill(), 30);
        return STREAM;
      },
    });
    const settings = { ...QUICK, VUS: "50", DURATION: "6s", BASE_URL: server.url };
    const run = await runScript(PROFILE, settings);
    expect(run.code).toBe(99);
    const { requests } = recordsOf(run);
    const recorded = new Set(requests.map(({ id }) => id));
    expect(server.seen.length).toBeGreaterThan(50);
    expect(server.seen.filter(({ id }) => !recorded.has(id))).toEqual([]);
    const outcomes = new Set(requests.map(({ outcome }) => outcome));
    expect([...outcomes].sort()).toEqual(["completed", "connect_error", "truncated"]);
  });

  test("an SLA that does not hold is a breach", async () => {
    using folder = new TemporaryProject().write("s.json", '{"thresholds":{"ttft":{"p95":1}}}');
    const server = await serve();
    const SLA = join(folder.root, "s.json");
    const run = await runScript(PROFILE, { ...QUICK, SLA, BASE_URL: server.url });
    expect(run.code).toBe(99);
    expect(run.stdout).toContain("BREACHED  llm_ttft{phase:steady} p(95)<=1");
  });

  test("a key is sent, and neither recorded nor printed", async () => {
    const server = await serve();
    const settings = { ...QUICK, BASE_URL: server.url };
    const run = await runScript(PROFILE, settings, {
      environment: { API_KEY: "sk-hush" },
    });
    expect(run.code).toBe(0);
    expect(server.seen.every((seen) => seen.authorization === "Bearer sk-hush")).toBe(true);
    expect([...run.consoleLines, run.stdout, run.stderr].join("\n")).not.toContain("sk-hush");
  });

  test.each([
    [{ MODEL: "nope" }, 108, /MODEL: found "nope", allowed: .* serves: scripted/],
    [{ VUS: "x5", TEXT: "all" }, 107, /VUS: found "x5", allowed: .*\n?.*TEXT: found "all"/s],
    [{ SLA: "chatt" }, 107, /SLA: found "chatt", allowed: /],
    [{ BASE_URL: "gpu:8000" }, 107, /BASE_URL: found "gpu:8000", allowed: http/],
  ])("misuse %o ends with %i and says what is allowed", async (misuse, code, message) => {
    const server = await serve();
    const run = await runScript(PROFILE, { ...QUICK, BASE_URL: server.url, ...misuse });
    expect(run.stderr).toMatch(message);
    expect(run.code).toBe(code);
    expect(server.seen).toEqual([]);
  });

  test("a wrong key in an SLA file is named", async () => {
    using folder = new TemporaryProject().write("s.json", '{"treshold":{}}');
    const SLA = join(folder.root, "s.json");
    const run = await runScript(PROFILE, { ...QUICK, SLA, BASE_URL: "http://127.0.0.1:1" });
    expect(run.code).toBe(107);
    expect(run.stderr).toMatch(/s\.json: unknown key treshold, allowed: .*thresholds/);
  });

  test("a sweep labels each request with the level it was sent at, and exceeds none", async () => {
    const server = await serve();
    const settings = { ...QUICK, VUS: "1,3", BASE_URL: server.url };
    const run = await runScript(SWEEP, settings);
    expect(run.code).toBe(0);
    const { header, requests } = recordsOf(run);
    for (const request of requests) {
      // A user may start once more in the moment in which the load ends.
      const after = { phase: "drain", level: null };
      const window = header.plan.windows.find((w) => request.sentMs < w.endMs) ?? after;
      expect([request.phase, request.level]).toEqual([window.phase, window.level]);
    }
    const steady = (level: number) =>
      requests.filter((r) => r.phase === "steady" && r.level === level);
    expect(new Set(steady(1).map(({ vu }) => vu)).size).toBe(1);
    expect(new Set(steady(3).map(({ vu }) => vu)).size).toBe(3);
  });

  test("the TypeScript source runs as the bundle does", async () => {
    const server = await serve();
    const source = join(REPOSITORY, "scenarios", "chat-50vu.ts");
    const run = await runScript(source, { ...QUICK, BASE_URL: server.url });
    expect(run.stderr).toBe("");
    expect(run.code).toBe(0);
    expect(recordsOf(run).requests.length).toBe(server.seen.length);
  });

  test("one request is one request", async () => {
    const server = await serve();
    const settings = { ONCE: "1", TEXT: "full", RECORDS: "console", BASE_URL: server.url };
    const run = await runScript(SWEEP, settings);
    expect(run.code).toBe(0);
    expect(recordsOf(run).requests).toMatchObject([{ text: " w0 w1 w2 w3 w4 w5 w6 w7" }]);
    expect(server.seen).toHaveLength(1);
  });

  test("one request that is refused is sent again for the reason, without the key, and counts once", async () => {
    const reason = '{"error":{"message":"sk-hush may not use the model"}}';
    const server = await serve({ behave: () => ({ kind: "status", status: 404, body: reason }) });
    const settings = { ONCE: "1", RECORDS: "console", BASE_URL: server.url };
    const run = await runScript(SWEEP, settings, { environment: { API_KEY: "sk-hush" } });
    expect(run.code).toBe(99);
    const { requests } = recordsOf(run);
    expect(requests).toMatchObject([{ outcome: "http_error", status: 404 }]);
    expect(requests[0]?.detail).toBe(
      'HTTP 404: (sent again to hear why) {"error":{"message":"[redacted] may not use the model"}}',
    );
    const [first, again] = server.seen;
    expect(server.seen).toHaveLength(2);
    expect({ ...again, atEpochMs: 0 }).toEqual({ ...first, atEpochMs: 0 });
  });

  test("a refused request of a load is not sent again", async () => {
    const server = await serve({ behave: () => ({ kind: "status", status: 400 }) });
    const run = await runScript(PROFILE, { ...QUICK, BASE_URL: server.url });
    expect(run.code).toBe(99);
    expect(recordsOf(run).requests.length).toBe(server.seen.length);
  });
}
