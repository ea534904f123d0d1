import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FAULTS, type Fault } from "../../model-server/ground-truth/faults.ts";
import { FAULT_OUTCOMES, TOKENS } from "./fault-outcomes.ts";
import { useGroundTruth } from "./ground-truth.ts";
import { recordsOf, summarySchema } from "./profile-behaviour.ts";
import type { RunScript } from "./script-run.ts";
import { REPOSITORY, TemporaryProject } from "./temporary-project.ts";

const PROFILE = join(REPOSITORY, "dist", "chat-50vu.js");
const SETTINGS = {
  ...{ VUS: "8", DURATION: "2s", TIMEOUT: "1s", BACKOFF: "20ms", MAX_TOKENS: String(TOKENS) },
  ...{ MODEL: "ground-truth", SLA: "none", HEALTH: "report", RECORDS: "console" },
};
const CASES: readonly (Fault | null)[] = [null, ...FAULTS];

/**
 * Tests of what a profile makes of a server's faults, on an engine; to be called beside `testProfile`, which builds the
 * profiles.
 *
 * @param runScript the engine, asked for in each test, since building it may come first
 */
export function testFaults(runScript: RunScript): void {
  const { served, serve, close } = useGroundTruth({ ttftMs: 10, gapMs: 5, tokens: 1 });

  test.each(Object.entries(FAULT_OUTCOMES))(
    "%s: every fault ends as what it is, nothing hangs, and totals are the server's",
    async (API, { whole, faults }) => {
      using folder = new TemporaryProject();
      const BASE_URL = await serve({
        faultOf: (request) => CASES[request % CASES.length] ?? null,
      });
      const SUMMARY_FILE = join(folder.root, "summary.json");
      const settings = { ...SETTINGS, API, SUMMARY_FILE, BASE_URL };
      const run = await runScript(PROFILE, settings);
      await close();

      const { requests } = recordsOf(run);
      expect(served.length).toBeGreaterThan(CASES.length);
      expect(requests.map(({ id }) => id).sort()).toEqual(served.map(({ id }) => id).sort());
      const records = new Map(requests.map((request) => [request.id, request]));
      for (const { id, fault, flushMs } of served) {
        const record = records.get(id);
        const expected = fault === null ? whole : faults[fault];
        if (expected === undefined) throw new Error(`no expectation of ${fault} for ${API}`);
        expect({ fault, ...record }).toMatchObject({ fault, ...expected });
        if (fault === null) expect(record?.gapsUs).toHaveLength(flushMs.length - 1);
      }
      const { metrics } = summarySchema.parse(JSON.parse(readFileSync(SUMMARY_FILE, "utf8")));
      expect(metrics["llm_requests_started"]?.values["count"]).toBe(served.length);
      expect(metrics["llm_requests"]?.values["count"]).toBe(served.length);
    },
  );
}
