import { describe, expect, test } from "vitest";
import { quantile } from "../../../../lib/core/quantile.ts";
import { type RequestMetrics, requestMetrics } from "../../../../lib/core/request-metrics.ts";
import { noSla, type Sla } from "../../../../lib/core/sla.ts";
import { judgeSla } from "../../../../merger/gate/judge-sla.ts";
import { requestRecord } from "../../../support/records.ts";

const CHAT: Sla = {
  slo: { ttftMs: 500 },
  latency: [{ metric: "ttft", statistic: "p(95)", atMostMs: 500 }],
  goodRateMin: 0.95,
  minRequests: 20,
  minSuccessRate: 0.99,
};

function completed(ttftsMs: readonly number[]): RequestMetrics[] {
  return ttftsMs.flatMap(
    (ttft) =>
      requestMetrics(requestRecord({ firstContentMs: ttft, lastContentMs: ttft + 50 })) ?? [],
  );
}

function verdicts(sla: Sla, ttftsMs: readonly number[], failed = 0, good = ttftsMs.length) {
  const checks = judgeSla(
    { requests: ttftsMs.length + failed, good, completed: completed(ttftsMs) },
    sla,
  );
  return Object.fromEntries(checks.map(({ name, verdict }) => [name, verdict]));
}

const evenly = (n: number, from: number, to: number) =>
  Array.from({ length: n }, (_, i) => from + ((to - from) * i) / (n - 1));

test("everything holds", () => {
  expect(verdicts(CHAT, evenly(200, 100, 499))).toEqual({
    "completed requests": "pass",
    success: "pass",
    "good rate": "pass",
    "TTFT p95": "pass",
  });
});

test("the percentile is k6's, and exactly at its limit it holds", () => {
  const ttfts = evenly(101, 0.5, 100.5);
  const [check] = judgeSla(
    { requests: 101, good: 101, completed: completed(ttfts) },
    { ...CHAT, latency: [{ metric: "ttft", statistic: "p(95)", atMostMs: 95.5 }] },
  ).filter(({ name }) => name === "TTFT p95");
  expect(check).toMatchObject({ figure: 95.5, verdict: "pass", n: 101, limit: 95.5 });
  expect(check?.figure).toBe(quantile(ttfts, 0.95));
});

test.each([
  { limit: "latency", ttfts: evenly(200, 300, 600), failed: 0, good: 200, broken: "TTFT p95" },
  { limit: "success", ttfts: evenly(200, 100, 400), failed: 3, good: 200, broken: "success" },
  { limit: "good rate", ttfts: evenly(200, 100, 400), failed: 0, good: 189, broken: "good rate" },
])("a $limit limit is breached alone", ({ ttfts, failed, good, broken }) => {
  const found = verdicts(CHAT, ttfts, failed, good);
  const breached = Object.keys(found).filter((name) => found[name] === "breach");
  expect(breached).toEqual([broken]);
});

describe("too few samples never pass", () => {
  test("under the least number of requests nothing is known", () => {
    expect(new Set(Object.values(verdicts(CHAT, evenly(19, 100, 200))))).toEqual(
      new Set(["not measurable"]),
    );
  });

  test("99 requests show no p95, 100 do", () => {
    expect(verdicts(CHAT, evenly(99, 100, 200))["TTFT p95"]).toBe("not measurable");
    expect(verdicts(CHAT, evenly(100, 100, 200))["TTFT p95"]).toBe("pass");
  });

  test("no requests at all", () => {
    expect(new Set(Object.values(verdicts(CHAT, [])))).toEqual(new Set(["not measurable"]));
  });

  test("no floor can be so low that all may fail unseen", () => {
    const checks = verdicts({ ...noSla(), minSuccessRate: 0 }, [], 5);
    expect(checks["success"]).toBe("not measurable");
  });
});

describe("few samples may breach where chance can't explain them", () => {
  test("8 of 10 over a p95 limit: 1 in 600 million (binomial)", () => {
    const slow = [...evenly(8, 2000, 3000), 100, 200];
    expect(verdicts(CHAT, slow)["TTFT p95"]).toBe("breach");
  });

  test("a single slow first request is chance", () => {
    expect(verdicts(CHAT, [2000])["TTFT p95"]).toBe("not measurable");
  });

  test("a dead server fails its floors though it completed nothing", () => {
    const dead = verdicts(CHAT, [], 500, 0);
    expect(dead).toEqual({
      "completed requests": "breach",
      success: "breach",
      "good rate": "breach",
      "TTFT p95": "not measurable",
    });
    expect(verdicts(CHAT, [], 12, 0)["success"]).toBe("breach");
  });
});

test.each([
  { statistic: "avg", value: 150 },
  { statistic: "max", value: 200 },
  { statistic: "med", value: 150 },
  { statistic: "p(90)", value: 190 },
])("$statistic of 100 to 200 ms is $value", ({ statistic, value }) => {
  const sla: Sla = { ...CHAT, latency: [{ metric: "ttft", statistic, atMostMs: value + 1e-6 }] };
  const holds = judgeSla(
    { requests: 101, good: 101, completed: completed(evenly(101, 100, 200)) },
    sla,
  ).at(-1);
  expect(holds?.figure).toBeCloseTo(value, 9);
  expect(holds?.verdict).toBe("pass");
});
