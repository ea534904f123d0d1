import { describe, expect, test } from "vitest";
import { MetricRegistry } from "../../../../runner/embedded/metrics/metric-registry.ts";
import { parseExpression } from "../../../../runner/embedded/metrics/threshold.ts";
import { ThresholdSet } from "../../../../runner/embedded/metrics/threshold-set.ts";

const option = (threshold: string, abort?: { delayAbortEvalMs: number | null }) => ({
  threshold,
  abortOnFail: abort !== undefined,
  delayAbortEvalMs: abort?.delayAbortEvalMs ?? null,
});

describe("a threshold's expression", () => {
  test.each([
    ["p(99.9) <= 1e3", "trend", 1000, true],
    ["p(95)<500", "trend", 500, false],
    ["med!=2", "trend", 2, false],
    ["rate>0.99", "rate", 1, true],
    ["count===3", "counter", 3, true],
    ["value>=-1.5", "gauge", -1.5, true],
  ] as const)("%s of a %s holds %d: %s", (source, type, value, holds) => {
    expect(parseExpression(source, type).passes(value)).toBe(holds);
  });

  test.each([
    ["p95<1", "trend", /unknown aggregation "p95"; allowed are/],
    ["rate<1", "trend", /a trend has no rate; it has avg, min, max, med, p/],
    ["count<", "counter", /malformed threshold/],
    ["count<many", "counter", /not a number: "many"/],
  ] as const)("%s of a %s is refused", (source, type, message) => {
    expect(() => parseExpression(source, type)).toThrow(message);
  });
});

describe("thresholds of a run", () => {
  test("name the metrics that broke them, submetrics by their tags", () => {
    const registry = new MetricRegistry();
    const latency = registry.declare("latency", "trend", "time");
    const thresholds = new ThresholdSet(
      { latency: [option("max<10")], "latency{phase:steady}": [option("max<10")] },
      registry,
    );
    latency.add(5, {}, { phase: "steady" });
    latency.add(50, { phase: "warm" }, {});
    expect(thresholds.breached(1000, false)).toEqual(["latency"]);
  });

  test("abort only after their delay", () => {
    const registry = new MetricRegistry();
    const bad = registry.declare("bad", "rate");
    const thresholds = new ThresholdSet(
      { bad: [option("rate<0.5", { delayAbortEvalMs: 3000 })] },
      registry,
    );
    bad.add(1, {}, {});
    expect(thresholds.breached(2000, true)).toEqual(["bad"]);
    expect([2000, 4000].map((ms) => thresholds.wantAbort(ms))).toEqual([false, true]);
  });

  test("on nothing hold", () => {
    const registry = new MetricRegistry();
    registry.declare("none", "trend");
    const thresholds = new ThresholdSet({ none: [option("min>5")] }, registry);
    expect(thresholds.breached(2000, true)).toEqual([]);
  });

  test("on what does not exist are refused", () => {
    expect(() => new ThresholdSet({ nope: [option("count<1")] }, new MetricRegistry())).toThrow(
      'invalid threshold defined on nope; reason: no metric name "nope" found',
    );
  });
});
