import { expect, test } from "vitest";
import { countRequests, exitCodeOf, judgeHealth } from "../../../runner/judge-run.ts";
import type { RunSummary } from "../../../runner/run-summary.ts";

const count = (n: number) => ({ values: { count: n } });
const oversleep = (p99: number): RunSummary => ({
  "llm_heartbeat_oversleep{phase:steady}": {
    values: { count: 9, "p(99)": p99 },
    thresholds: { "p(99)<10": { ok: p99 < 10 } },
  },
});
const success = (ok: boolean): RunSummary => ({
  "llm_success{phase:steady}": { values: { rate: 1 }, thresholds: { "rate>=0.99": { ok } } },
});
const limited = judgeHealth(oversleep(25));

test("what was started and not recorded was interrupted; what was never sent was never started", () => {
  const view = { recorded: 54, unsent: 4 };
  const counts = { started: 52, recorded: 50, interrupted: 2, unsent: 4 };
  expect(countRequests({ llm_requests_started: count(52) }, view)).toEqual(counts);
});

test("a run that left no summary has no counts and no health, rather than zeros", () => {
  expect(countRequests(undefined, { recorded: 50, unsent: 0 })).toBeNull();
  expect(judgeHealth(undefined)).toBeNull();
});

test("health names the figure, its limit and what to do", () => {
  expect(judgeHealth(oversleep(5))).toMatchObject({ verdict: "valid", reason: null });
  expect(limited).toMatchObject({ verdict: "client-limited" });
  expect(limited?.reason).toMatch(
    /^client's oversleep, p99: 25 ms, must be below 10 ms: .*fewer users/,
  );
});

test.each([
  ["a late client is 95, with whatever its latencies breached", 99, limited, true, true, 95],
  ["and where all limits held", 0, limited, true, true, 95],
  ["not where health is only reported", 99, limited, true, false, 99],
  ["requests that failed are a breach, whoever was late", 99, limited, false, true, 99],
  ["a valid run's breach is a breach", 99, judgeHealth(oversleep(1)), true, true, 99],
  ["a broken script is a broken script", 107, limited, true, true, 107],
])("%s", (_, engine, health, completed, gated, code) => {
  expect(exitCodeOf(engine, health, success(completed), gated)).toBe(code);
});

test.each([
  ["what a late client never sent is no breach", 0, 95],
  ["one failure among what it sent is", 1, 99],
])("%s", (_, failed, code) => {
  const summary = {
    ...success(false),
    "llm_requests{phase:steady,outcome:unsent}": count(40),
    "llm_requests{phase:steady,outcome:timed_out}": count(failed),
  };
  expect(exitCodeOf(99, limited, summary, true)).toBe(code);
});
