import { describe, expect, test } from "vitest";
import {
  breachInWords,
  brokenLimit,
  type HealthFigures,
  healthAdvice,
} from "../../../lib/core/health.ts";
import { summaryHealthFigures } from "../../../lib/core/summary-health.ts";

const GOOD: HealthFigures = {
  oversleepP99Ms: 9.9,
  clientLagMedianMs: 9.9,
  clientLagP99Ms: 99,
  // At its limit: over 1 % is bad, the others are bad where they reach it.
  interruptedShare: 0.01,
  unsent: 0,
  lagMedianMs: 9.9,
  lagP99Ms: 99,
};

// The limits of docs/metrics.md.
describe("a run is", () => {
  test("valid within all limits, and where nothing was measured", () => {
    expect(brokenLimit(GOOD)).toBeUndefined();
    const nothing = Object.fromEntries(Object.keys(GOOD).map((key) => [key, null]));
    expect(brokenLimit({ ...GOOD, ...nothing })).toBeUndefined();
  });

  test.each<[Partial<HealthFigures>, RegExp]>([
    [{ oversleepP99Ms: 10 }, /fewer users a machine/],
    [{ clientLagMedianMs: 10 }, /fewer users a machine/],
    [{ clientLagP99Ms: 100 }, /fewer users a machine/],
    [{ interruptedShare: 0.0101 }, /longer TIMEOUT/],
  ])("client-limited with %j", (figures, advice) => {
    const broken = brokenLimit({ ...GOOD, ...figures });
    expect(broken?.verdict).toBe("client-limited");
    expect(broken && healthAdvice(broken)).toMatch(advice);
  });

  test.each<Partial<HealthFigures>>([{ unsent: 1 }, { lagMedianMs: 500 }, { lagP99Ms: 100 }])(
    "saturated with %j, though the client itself was in time",
    (figures) => {
      const broken = brokenLimit({ ...GOOD, ...figures });
      expect(broken?.verdict).toBe("saturated");
      expect(broken && healthAdvice(broken)).toMatch(/the rate is not held/);
    },
  );

  test("client-limited rather than saturated: a late client's lag says nothing of the server", () => {
    const both = { ...GOOD, oversleepP99Ms: 50, unsent: 100, lagP99Ms: 5000 };
    expect(brokenLimit(both)?.verdict).toBe("client-limited");
  });
});

test("the words for what is the matter say whether the limit itself is good", () => {
  const words = (change: Partial<HealthFigures>) => {
    const figures = { ...GOOD, ...change };
    const broken = brokenLimit(figures);
    return broken && breachInWords(broken, figures);
  };
  expect(words({ oversleepP99Ms: 10 })).toBe("client's oversleep, p99: 10 ms, must be below 10 ms");
  expect(words({ interruptedShare: 0.0101 })).toBe(
    "requests cut by the end of the run: 1.01 %, must be at most 1 %",
  );
});

test("figures come from the steady submetrics of k6's summary", () => {
  const trend = (med: number, p99: number) => ({ values: { count: 5, med, "p(99)": p99 } });
  const figures = summaryHealthFigures({
    "llm_requests_started{phase:steady}": { values: { count: 200 } },
    "llm_requests{phase:steady}": { values: { count: 201 } },
    "llm_requests{phase:steady,outcome:unsent}": { values: { count: 4 } },
    "llm_heartbeat_oversleep{phase:steady}": trend(1, 2),
    "llm_client_lag{phase:steady}": trend(3, 4),
    // k6 says 0 for the percentiles of no samples.
    "llm_schedule_lag{phase:steady}": { values: { count: 0, med: 0, "p(99)": 0 } },
  });
  expect(figures).toEqual({
    oversleepP99Ms: 2,
    clientLagMedianMs: 3,
    clientLagP99Ms: 4,
    // 200 were sent, 197 of them ended.
    interruptedShare: 3 / 200,
    unsent: 4,
    lagMedianMs: null,
    lagP99Ms: null,
  });
});
