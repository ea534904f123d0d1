import { expect, test } from "vitest";
import { TrendSink } from "../../../../runner/embedded/metrics/sink.ts";

// By hand at position q (n - 1), which is numpy.quantile's default and k6's way.
test.each([
  [0.5, 7.125],
  [0.9, 18.1],
  [0.95, 20.05],
  [0.99, 21.61],
])("a trend's quantile %d is %d", (q, expected) => {
  const trend = new TrendSink();
  for (const value of [3.5, 1.25, 9.75, 22, 0, 7.125, 15.5]) trend.add(value);
  expect(trend.quantile(q)).toBeCloseTo(expected, 10);
});

test("a trend keeps every sample, in any number", () => {
  const trend = new TrendSink();
  for (let i = 10_000; i >= 1; i--) trend.add(i);
  expect([trend.count, trend.min, trend.max, trend.average]).toEqual([10_000, 1, 10_000, 5000.5]);
  expect(trend.quantile(0.5)).toBe(5000.5);
});

test("a trend that is asked in between goes on with all its samples", () => {
  const trend = new TrendSink();
  for (let i = 1; i <= 5_000; i++) {
    trend.add(i % 2 === 0 ? i : -i);
    if (i % 1_000 === 0) trend.quantile(0.5);
  }
  // Odd numbers are negative: -4999, ..., -1, 2, ..., 5000.
  expect([0, 0.5, 1].map((q) => trend.quantile(q))).toEqual([-4_999, 0.5, 5_000]);
  expect([trend.count, trend.sum]).toEqual([5_000, 2_500]);
});
