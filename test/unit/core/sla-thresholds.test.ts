import { expect, test } from "vitest";
import type { LoadPlan } from "../../../lib/core/load-plan.ts";
import { noSla, parseSla } from "../../../lib/core/sla.ts";
import {
  healthThresholds,
  isGate,
  mergeThresholds,
  shownSubmetrics,
  slaThresholds,
} from "../../../lib/core/sla-thresholds.ts";

const SLA = parseSla(
  '{"thresholds":{"ttft":{"p95":500,"p99":900},"itl":{"avg":40},"e2e":{"max":9000},"goodRate":{"min":0.95}},"minRequests":7}',
  "x.json",
);

const FLOORS = {
  llm_success: [{ threshold: "rate>0.5", abortOnFail: true, delayAbortEval: "10s" }],
  "llm_success{phase:steady}": ["rate>=0.99"],
  "llm_requests{phase:steady,outcome:completed}": ["count>=7"],
};

test("limits become thresholds on the steady phase, beside the floors", () => {
  expect(slaThresholds(SLA, "all", "closed")).toEqual({
    ...FLOORS,
    "llm_ttft{phase:steady}": ["p(95)<=500", "p(99)<=900"],
    "llm_itl{phase:steady}": ["avg<=40"],
    "llm_e2e_latency{phase:steady}": ["max<=9000"],
    "llm_good{phase:steady}": ["rate>=0.95"],
  });
});

test("what k6 can check of the client: its heartbeat, and in an open loop its own lag", () => {
  const heartbeat = { "llm_heartbeat_oversleep{phase:steady}": ["p(99)<10"] };
  expect(healthThresholds("closed")).toEqual(heartbeat);
  expect(healthThresholds("open")).toEqual({
    ...heartbeat,
    "llm_client_lag{phase:steady}": ["med<10", "p(99)<100"],
  });
});

test("a sweep keeps the floors alone", () => {
  expect(slaThresholds(SLA, "floors", "closed")).toEqual(FLOORS);
});

test("an open loop is not stopped for failures: those given up at its end must not cut those under way", () => {
  const { llm_success: _, ...floors } = FLOORS;
  expect(slaThresholds(SLA, "floors", "open")).toEqual(floors);
});

test("without an SLA a run still needs requests that complete", () => {
  expect(slaThresholds(noSla(), "all", "closed")).toMatchObject({
    "llm_requests{phase:steady,outcome:completed}": ["count>=20"],
  });
});

const window = (phase: "warmup" | "steady", level: number, startMs: number) =>
  ({ phase, level, startMs, endMs: startMs + 1000, arrivals: null }) as const;

test("shows each level of several, and no gate among what is shown", () => {
  const plan: LoadPlan = {
    kind: "closed",
    windows: [window("warmup", 1, 0), window("steady", 1, 1000), window("steady", 4, 2000)],
    maxVus: 4,
  };
  const shown = shownSubmetrics(plan, ["rag"]);
  expect(Object.keys(shown)).toContain("llm_ttft{phase:steady,level:4}");
  expect(Object.keys(shown)).toContain("llm_ttft{phase:steady,stream:rag}");
  expect(Object.keys(shown)).toContain("llm_requests{phase:steady,outcome:timed_out}");
  expect(Object.values(shown).flat().map(String).filter(isGate)).toEqual([]);
});

test("what is shown does not weaken a gate of the same name", () => {
  const merged = mergeThresholds({ a: ["p(95)<=500"] }, { a: ["max>=0"], b: ["max>=0"] });
  expect(merged).toEqual({ a: ["p(95)<=500"], b: ["max>=0"] });
  expect(isGate("p(95)<=500")).toBe(true);
});
