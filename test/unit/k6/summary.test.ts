import { describe, expect, test } from "vitest";
import { renderSummary } from "../../../lib/k6/summary.ts";
import { levelSweepSchedule, rampHoldDrainSchedule } from "../../../lib/workload/closed-load.ts";

const HOLD = rampHoldDrainSchedule({ vus: 50, steadyMs: 60_000, rampUpMs: 0, drainMs: 0 }).plan;
const SWEEP = levelSweepSchedule({ levels: [1, 64], levelMs: 10_000, settleMs: 0 }).plan;
const HOLD_RUN = { name: "chat-50vu", plan: HOLD, streams: [] };
const SWEEP_RUN = { name: "chat-sweep", plan: SWEEP, streams: [] };

const trend = (p50: number, p95: number, p99: number, count = 100) => ({
  values: { "p(50)": p50, "p(95)": p95, "p(99)": p99, count },
});
const counter = (count: number) => ({ values: { count } });

function cohort(tags: string) {
  return {
    [`llm_ttft{${tags}}`]: trend(123.456, 2345.67, 12_345.6),
    [`llm_itl{${tags}}`]: trend(12.345, 23.4, 1.234),
    [`llm_e2e_latency{${tags}}`]: trend(12_345.6, 54_321.9, 100_000),
    [`llm_requests{${tags}}`]: counter(123_456),
    [`llm_output_tokens{${tags}}`]: counter(600_000),
    [`llm_good{${tags}}`]: { values: { rate: 0.9876 } },
  };
}

function widestLine(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}

const STARTED = { llm_requests_started: counter(200_000) };

test("shows the steady phase at p50, p95 and p99, in at most 100 columns", () => {
  const text = renderSummary(HOLD_RUN, {
    metrics: { ...STARTED, ...cohort("phase:steady") },
  });
  expect(text).toContain("123 / 2346 / 12346");
  expect(text).toContain("12.3 / 23.4 / 1.23");
  expect(text).toContain("123456");
  // 600,000 tokens in 60 s.
  expect(text).toMatch(/ 10000 {2}98\.8 %$/m);
  expect(widestLine(text)).toBeLessThanOrEqual(100);
});

test("shows each level of a sweep with its own time", () => {
  const text = renderSummary(SWEEP_RUN, {
    metrics: {
      ...STARTED,
      ...cohort("phase:steady"),
      ...cohort("phase:steady,level:1"),
      ...cohort("phase:steady,level:64"),
    },
  });
  expect(text).toMatch(/^ {2}all .* 30000 /m);
  expect(text).toMatch(/^ {2}64 .* 60000 /m);
});

test("an absent figure is a dash, though k6 says 0 for the percentiles of nothing", () => {
  const text = renderSummary(HOLD_RUN, {
    metrics: { ...STARTED, "llm_ttft{phase:steady}": trend(0, 0, 0, 0) },
  });
  expect(text).toMatch(/^ {2}all +- +- +- +- +- +-$/m);
});

test("a run that was stopped is measured over the time it ran", () => {
  const text = renderSummary(HOLD_RUN, {
    metrics: { ...STARTED, ...cohort("phase:steady") },
    state: { testRunDurationMs: 30_000 },
  });
  // 600,000 tokens in 30 s of the planned 60.
  expect(text).toMatch(/ 20000 {2}98\.8 %$/m);
});

test("tells a client that was late, and what to do", () => {
  const late = { "llm_heartbeat_oversleep{phase:steady}": trend(0.1, 8, 12.3456) };
  const text = renderSummary(HOLD_RUN, { metrics: { ...STARTED, ...late } });
  expect(text).toContain(
    "CLIENT-LIMITED: client's oversleep, p99: 12.3456 ms, must be below 10 ms",
  );
  expect(text).toContain("fewer users a machine");
  expect(widestLine(text)).toBeLessThanOrEqual(100);
});

test("tells a rate that is not held, and what to do", () => {
  const unsent = { "llm_requests{phase:steady,outcome:unsent}": counter(3) };
  const text = renderSummary(HOLD_RUN, { metrics: { ...STARTED, ...unsent } });
  expect(text).toContain("SATURATED: requests never sent: 3, must be below 1");
  expect(text).toContain("offer less");
  expect(widestLine(text)).toBeLessThanOrEqual(100);
});

describe("outcomes and thresholds", () => {
  const text = renderSummary(HOLD_RUN, {
    metrics: {
      ...STARTED,
      "llm_requests{phase:steady}": {
        values: { count: 12 },
        thresholds: { "count>=0": { ok: true } },
      },
      "llm_requests_started{phase:steady}": counter(15),
      "llm_requests{phase:steady,outcome:completed}": {
        values: { count: 10 },
        thresholds: { "count>=20": { ok: false } },
      },
      "llm_requests{phase:steady,outcome:truncated}": counter(2),
      "llm_ttft{phase:steady}": {
        values: { count: 0 },
        thresholds: { "p(95)<=500": { ok: true } },
      },
    },
  });

  test("counts what ended how, and what started and left no record as interrupted", () => {
    expect(text).toContain("requests  completed 10, truncated 2, interrupted 3");
  });

  test("tells held from breached, and leaves out what is there only to be shown", () => {
    expect(text).toContain("BREACHED  llm_requests{phase:steady,outcome:completed} count>=20");
    expect(text).toContain("held      llm_ttft{phase:steady} p(95)<=500");
    expect(text).not.toContain("count>=0");
  });
});

test("a run that sent nothing says so", () => {
  expect(renderSummary(HOLD_RUN, { metrics: {} })).toContain("no request was sent");
});
