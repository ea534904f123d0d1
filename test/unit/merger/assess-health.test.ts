import { expect, test } from "vitest";
import { assessHealth } from "../../../merger/assess-health.ts";
import { loadedRun } from "../../support/loaded-run.ts";
import { requestRecord } from "../../support/records.ts";
import { runFile } from "../../support/run-file.ts";

const counts = (started: number, interrupted: number) =>
  runFile({ counts: { started, recorded: started - interrupted, interrupted, unsent: 0 } });

test("a whole run of a punctual client is valid, and says by what", () => {
  const health = assessHealth([loadedRun([], { heartbeatP99Ms: 1.2, file: counts(1200, 0) })], []);
  expect(health.verdict).toBe("valid");
  expect(health.reason).toContain("oversleep, p99 1.2 ms");
  expect(health.reason).toContain("0 of 1,200");
  expect(health.warnings).toEqual([]);
});

test.each([
  { heartbeatP99Ms: 9.99, verdict: "valid" },
  { heartbeatP99Ms: 10, verdict: "client-limited" },
])("a heartbeat of $heartbeatP99Ms ms at p99 is $verdict", ({ heartbeatP99Ms, verdict }) => {
  const health = assessHealth(
    [loadedRun([], { heartbeatP99Ms: 1 }), loadedRun([], { heartbeatP99Ms })],
    [],
  );
  expect(health.verdict).toBe(verdict);
});

test.each([
  { interrupted: 10, verdict: "valid" },
  { interrupted: 11, verdict: "client-limited" },
])("$interrupted of 1,000 requests cut by the end is $verdict", ({ interrupted, verdict }) => {
  const health = assessHealth([loadedRun([], { file: counts(1000, interrupted) })], []);
  expect(health.verdict).toBe(verdict);
});

test("what was not measured is not checked, never good", () => {
  const { checks, verdict, reason } = assessHealth([loadedRun([])], []);
  expect(checks.map((check) => check.state)).toEqual(["not checked", "not checked", "not checked"]);
  expect(verdict).toBe("valid");
  expect(reason).toContain("nothing tells how late the client was");
});

test("says how many runs were not checked", () => {
  const { checks } = assessHealth([loadedRun([], { heartbeatP99Ms: 2 }), loadedRun([])], []);
  expect(checks[0]?.figure).toBe("2 ms at worst, 1 of 2 runs not checked");
});

test.each([
  { runs: [loadedRun([], { incomplete: "it was stopped" })], unusable: [], reason: "run: it was" },
  {
    runs: [loadedRun([])],
    unusable: [{ id: "x", reason: "no records", damaged: false }],
    reason: "x: no records",
  },
  { runs: [], unusable: [], reason: "no load was measured" },
])("is incomplete: $reason", ({ runs, unusable, reason }) => {
  const health = assessHealth(runs, unusable);
  expect(health.verdict).toBe("incomplete");
  expect(health.reason).toContain(reason);
});

test("warns of prompts that the server had in its cache, and of answers of another length", () => {
  const usage = { promptTokens: 100, completionTokens: 3, cachedTokens: 2 };
  const record = requestRecord({ usage, askedTokens: 4 });
  const { warnings, verdict } = assessHealth([loadedRun([record])], []);
  expect(verdict).toBe("valid");
  expect(warnings).toEqual([
    "run: 2.0 % of its prompt tokens came from the server's prefix cache",
    "run: answers had 3.0 tokens on average where 4 were asked for",
  ]);
});

test("requests that were cut by whoever stopped the run don't make the client late", () => {
  const file = runFile({
    state: "interrupted",
    counts: { started: 100, recorded: 92, interrupted: 8, unsent: 0 },
  });
  const run = loadedRun([], { file, incomplete: "it was stopped before its end" });
  const health = assessHealth([run], []);
  expect(health.verdict).toBe("incomplete");
  expect(health.reason).toContain("it was stopped");
});

test("a late client's run that is incomplete too is both", () => {
  const stopped = loadedRun([], {
    heartbeatP99Ms: 30,
    incomplete: "it was stopped before its end",
  });
  const { verdict, reason } = assessHealth([stopped], []);
  expect(verdict).toBe("client-limited");
  expect(reason).toMatch(/or an idle one; incomplete too: .*it was stopped before its end$/);
});
