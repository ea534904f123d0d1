import { expect, test } from "vitest";
import type { RequestRecord } from "../../../lib/core/request-record.ts";
import { adjustedQuantile, measureCell } from "../../../merger/measure-cell.ts";
import { loadedRun } from "../../support/loaded-run.ts";
import { requestRecord } from "../../support/records.ts";
import { runFile } from "../../support/run-file.ts";

const failed = {
  outcome: "http_error",
  good: false,
  firstEventMs: null,
  firstContentMs: null,
  firstVisibleMs: null,
  lastContentMs: null,
  gapsUs: [],
  outputTokens: null,
} as const;

test("counts the cohort by when it was sent, and follows it past the window's end", () => {
  const { figures } = measureCell("m", 1, [
    loadedRun([
      requestRecord({ id: "1", sentMs: 900 }),
      requestRecord({ id: "2", sentMs: 100, phase: "warmup" }),
      requestRecord({ id: "3", sentMs: 200, level: 4 }),
      requestRecord({ id: "4", sentMs: 300, ...failed }),
    ]),
  ]);
  expect(figures).toMatchObject({ requests: 2, completed: 1, failed: 1, goodRate: { value: 0.5 } });
});

test("counts tokens by when they came: those of another cohort too, those after the window not", () => {
  // Of 3 tokens at 950, 970 and 1000 ms two lie in the window of 0 to 1000 ms; a warm-up request gives all its 3.
  const { figures } = measureCell("m", 1, [
    loadedRun([
      requestRecord({ id: "1", sentMs: 850 }),
      requestRecord({ id: "2", sentMs: 100, phase: "warmup" }),
    ]),
  ]);
  expect(figures.outputTokensPerSecond?.value).toBe(5);
  // Its last token came past the window, the other's within.
  expect(figures.requestsPerSecond).toBe(1);
});

test("tokens per second are those of the window by its length, of whatever length it is", () => {
  const windows = [{ phase: "steady", level: 1, startMs: 0, endMs: 1900, arrivals: null }] as const;
  const { figures } = measureCell("m", 1, [
    loadedRun(
      [
        requestRecord({ id: "1", sentMs: 0 }),
        requestRecord({ id: "2", sentMs: 1200 }),
        requestRecord({ id: "3", sentMs: 1749 }),
      ],
      { plan: { kind: "closed", windows, maxVus: 1 } },
    ),
  ]);
  // 9 tokens in 1.9 s.
  expect(figures.outputTokensPerSecond?.value).toBeCloseTo(9 / 1.9, 12);
});

test("a chunk weighs its own tokens where the server tells them, else its share of the request's", () => {
  const rate = (record: RequestRecord) =>
    measureCell("m", 1, [loadedRun([record])]).figures.outputTokensPerSecond?.value;
  expect(rate(requestRecord({ sentMs: 860, outputTokens: 12 }))).toBe(8);
  expect(rate(requestRecord({ sentMs: 860, outputTokens: 12, chunkTokens: [1, 1, 10] }))).toBe(2);
  expect(rate(requestRecord({ sentMs: 860, outputTokens: null }))).toBe(2);
});

test("concurrency is the integral of the requests in flight over the window", () => {
  const { figures } = measureCell("m", 1, [
    loadedRun([
      requestRecord({ id: "1", sentMs: -500, endMs: 250 }),
      requestRecord({ id: "2", sentMs: 500, endMs: 1500 }),
      requestRecord({ id: "3", sentMs: 0, endMs: 1000 }),
    ]),
  ]);
  expect(figures.concurrency).toBe(0.25 + 0.5 + 1);
});

test("rates are over all repeats' windows, percentiles over their pooled samples", () => {
  const slow = { firstContentMs: 300, lastContentMs: 350 };
  const repeats = [0, 1].map((repeat) =>
    loadedRun(
      Array.from({ length: 10 }, (_, i) =>
        requestRecord({ id: `${repeat}-${i}`, ...(repeat === 0 ? {} : slow) }),
      ),
      { file: runFile() },
    ),
  );
  const { figures } = measureCell("m", 1, repeats);
  expect(figures.repeats).toBe(2);
  expect(figures.requestsPerSecond).toBe(10);
  expect(figures.ttftMs.p50?.value).toBe(200);
  expect(figures.ttftMs.p95).toBeNull();
});

test("goodput counts good requests and their tokens alone", () => {
  const { figures } = measureCell("m", 1, [
    loadedRun([requestRecord({ id: "1" }), requestRecord({ id: "2", good: false })], {
      file: runFile(),
    }),
  ]);
  expect(figures).toMatchObject({
    goodRequestsPerSecond: 1,
    goodTokensPerSecond: 3,
    requestsPerSecond: 2,
  });
});

test("nothing measured is absent, never 0 ms", () => {
  const { figures } = measureCell("m", 1, [loadedRun([requestRecord({ ...failed })])]);
  expect(figures.ttftMs).toEqual({ p50: null, p95: null, p99: null });
  expect(figures.goodRate?.value).toBe(0);
  expect(measureCell("m", 1, [loadedRun([])]).figures.goodRate).toBeNull();
});

// Ranks of 20 requests, p95 at rank 18.05: between the 19th and the 20th smallest.
const nineteen = Array.from({ length: 19 }, (_, i) => i + 1);
test.each([
  { values: [...nineteen, 20], failures: 0, expected: 19.05, why: "no failure" },
  { values: nineteen, failures: 1, expected: "beyond failures", why: "a neighbour has failed" },
  { values: [1, 2, 3], failures: 18, expected: "beyond failures", why: "mostly failures" },
  { values: nineteen, failures: 0, expected: 18.1, why: "19 alone" },
  { values: [], failures: 0, expected: null, why: "nothing at all" },
  { values: [], failures: 3, expected: "beyond failures", why: "failures alone" },
])("adjusted p95 with $why is $expected", ({ values, failures, expected }) => {
  const adjusted = adjustedQuantile(values, failures, 0.95);
  if (typeof expected === "number") expect(adjusted).toBeCloseTo(expected, 10);
  else expect(adjusted).toBe(expected);
});

test("adjusted p50 among failures is the rank among all, of the sorted values", () => {
  // Five requests, two of them failed: the median is the third smallest of all, which completed.
  expect(adjustedQuantile([30, 10, 20], 2, 0.5)).toBe(30);
  expect(adjustedQuantile([10, 20], 1, 0.25)).toBe(15);
});

test("a run that was stopped is measured until it was stopped, not over its whole plan", () => {
  const records = [requestRecord({ sentMs: 0 }), requestRecord({ sentMs: 349, iteration: 1 })];
  const stopped = loadedRun(records, {
    file: runFile({ state: "interrupted" }),
    incomplete: "it was stopped before its end",
  });
  // 6 tokens and 2 requests in the half second until the last one ended, of a window of a whole second.
  const { figures } = measureCell("m", 1, [stopped]);
  expect(figures.outputTokensPerSecond?.value).toBeCloseTo(12);
  expect(figures.requestsPerSecond).toBeCloseTo(4);
});
