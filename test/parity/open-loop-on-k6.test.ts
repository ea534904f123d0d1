import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { RequestRecord } from "../../lib/core/request-record.ts";
import { reportSchema } from "../../records/report.ts";
import { buildEmbeddedEngine, type EmbeddedEngine } from "../support/embedded-engine.ts";
import { runEngineCommand } from "../support/engine-command.ts";
import { k6Binaries, k6Runner, NO_K6 } from "../support/k6-binaries.ts";
import { buildDist, recordsOf } from "../support/profile-behaviour.ts";
import type { ScriptRun } from "../support/script-run.ts";
import { type ScriptedServer, startScriptedServer } from "../support/scripted-server.ts";
import { REPOSITORY, TemporaryProject } from "../support/temporary-project.ts";
import { tradeoff } from "../support/tradeoff-command.ts";

const k6s = k6Binaries();
if (k6s.length === 0) console.warn(`skipped, ${NO_K6}`);

// Shows as skipped where there is no k6; a file without any test would fail.
test.skipIf(k6s.length === 0)("there is a k6", () => {
  expect(k6s.length).toBeGreaterThan(0);
});

const OPEN_PROFILES = [
  "chat-poisson",
  "chat-burst",
  "chat-rate-sweep",
  "mixed-traffic",
  "spike",
  "trace-replay",
];
const POISSON = dist("chat-poisson");
const LOAD = { VUS: "10", RATE: "20", DURATION: "2s", SEED: "11" };
const QUICK = { ...LOAD, SLA: "none", HEALTH: "report", RECORDS: "console" };
/** Time enough for two k6 to start on a busy machine. */
const AHEAD_MS = 8_000;

function dist(profile: string): string {
  return join(REPOSITORY, "dist", `${profile}.js`);
}

/** What each request was to be, and when. */
function schedule(requests: readonly RequestRecord[]) {
  return requests
    .map(({ scheduledMs, promptId, askedTokens }) => ({ scheduledMs, promptId, askedTokens }))
    .sort((a, b) => a.scheduledMs - b.scheduledMs);
}

describe.skipIf(k6s.length === 0).each(k6s.map((path) => ({ name: basename(path), k6: path })))(
  "an open loop on $name",
  ({ k6 }) => {
    const k6Run = k6Runner(k6);
    let engine: EmbeddedEngine;
    let server: ScriptedServer;
    beforeAll(async () => {
      await buildDist();
      engine = await buildEmbeddedEngine();
    });
    afterAll(() => engine.remove());
    afterEach(() => server.kill());
    const serve = async () => {
      server = await startScriptedServer({ behave: () => ({ kind: "stream", tokens: 3 }) });
      return server.url;
    };

    test("plans what the embedded engine plans, in every profile", async () => {
      await serve();
      using folder = new TemporaryProject();
      const SUMMARY_FILE = join(folder.root, "plan.json");
      for (const profile of OPEN_PROFILES) {
        const plans: unknown[] = [];
        for (const run of [k6Run, engine.run]) {
          const { code } = await run(dist(profile), { DRY_RUN: "1", SEED: "3", SUMMARY_FILE });
          expect(code).toBe(0);
          plans.push(JSON.parse(readFileSync(SUMMARY_FILE, "utf8")));
        }
        expect(plans[0]).toMatchObject({ profile, arrivalsMs: expect.any(Array) });
        expect(plans[0]).toEqual(plans[1]);
      }
      expect(server.seen).toEqual([]);
    });

    test("sends the schedule of the embedded engine, and so do two segments together", async () => {
      const settings = { ...QUICK, BASE_URL: await serve() };
      const whole = recordsOf(await engine.run(POISSON, settings));
      const alone = recordsOf(await k6Run(POISSON, settings));
      expect(whole.requests.length).toBeGreaterThan(30);
      expect(schedule(alone.requests)).toEqual(schedule(whole.requests));

      const shared = { ...settings, START_AT: String(Date.now() + AHEAD_MS), RUN_ID: "shared" };
      const parts = await Promise.all([
        runSegment({ ...shared, INSTANCE: "a" }, "0:1/2"),
        runSegment({ ...shared, INSTANCE: "b" }, "1/2:1"),
      ]);
      const both = parts.map((part) => recordsOf(part));
      for (const { header, requests } of both) {
        expect(header.t0EpochMs).toBe(Number(shared.START_AT));
        expect(requests.length).toBeGreaterThan(0);
      }
      const together = both.flatMap(({ requests }) => requests);
      expect(schedule(together)).toEqual(schedule(whole.requests));
      expect(new Set(together.map(({ id }) => id)).size).toBe(together.length);

      using folder = new TemporaryProject();
      const files = parts.map(({ consoleLines }, i) => {
        folder.write(`${i}.ndjson`, `${consoleLines.join("\n")}\n`);
        return join(folder.root, `${i}.ndjson`);
      });
      const report = await tradeoff(folder.root, ["report", ...files, "--json"]);
      const { runs, cells } = reportSchema.parse(JSON.parse(report.stdout));
      expect(runs).toHaveLength(1);
      const steady = together.filter(({ phase }) => phase === "steady");
      expect(cells).toMatchObject([{ repeats: 1, requests: steady.length, unsent: 0 }]);
    });

    test("is inspected, and runs from its source and from an archive, which holds no key", async () => {
      const BASE_URL = await serve();
      using folder = new TemporaryProject();
      const settings = { ...QUICK, RATE: "40", DURATION: "1s", BASE_URL };
      const flags = Object.entries(settings).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
      const environment = { API_KEY: "sk-hush" };
      const inspected = await command(["inspect", ...flags, POISSON], environment);
      expect(inspected.code).toBe(0);
      expect(JSON.parse(inspected.stdout)).toMatchObject({
        scenarios: { load: { executor: "shared-iterations", vus: 10 } },
      });

      const source = await k6Run(join(REPOSITORY, "scenarios", "chat-poisson.ts"), settings);
      expect(source.stderr).toBe("");
      expect(source.code).toBe(0);

      const archive = join(folder.root, "archive.tar");
      const made = await command(["archive", "-O", archive, ...flags, POISSON], environment);
      expect(made.code).toBe(0);
      const bytes = readFileSync(archive);
      expect(bytes.includes("prompts-sotu.jsonl")).toBe(true);
      expect(bytes.includes("sk-hush")).toBe(false);
      const before = server.seen.length;
      const archived = await k6Run(archive, {}, { environment });
      expect(archived.code).toBe(0);
      expect(schedule(recordsOf(archived).requests)).toEqual(schedule(recordsOf(source).requests));
      const keys = server.seen.slice(before).map(({ authorization }) => authorization);
      expect(new Set(keys)).toEqual(new Set(["Bearer sk-hush"]));
    });

    function command(
      args: readonly string[],
      environment: Readonly<Record<string, string>>,
    ): Promise<ScriptRun> {
      return runEngineCommand(k6, () => args, { environment });
    }

    function runSegment(
      settings: Readonly<Record<string, string>>,
      segment: string,
    ): Promise<ScriptRun> {
      return runEngineCommand(
        k6,
        (consoleFile) => [
          ...["run", "--quiet", "--address", "127.0.0.1:0"],
          ...["--log-format", "raw", "--console-output", consoleFile],
          ...["--execution-segment", segment, "--execution-segment-sequence", "0,1/2,1"],
          ...Object.entries(settings).flatMap(([name, value]) => ["-e", `${name}=${value}`]),
          POISSON,
        ],
        {},
      );
    }
  },
);
