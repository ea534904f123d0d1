import { expect, test } from "vitest";
import { batchMean } from "../../../lib/core/batch-means.ts";
import { createRandom } from "../../../lib/core/random.ts";
import { referenceStatistics } from "../../support/reference-statistics.ts";

test.each(referenceStatistics.batchMeans)(
  "equals NumPy's batch means of series %#",
  (reference) => {
    const interval = batchMean(reference.series);
    expect(interval?.value).toBeCloseTo(reference.value, 12);
    expect(interval?.low).toBeCloseTo(reference.low, 12);
    expect(interval?.high).toBeCloseTo(reference.high, 12);
  },
);

test("gives no interval where there are too few batches for one", () => {
  expect(batchMean(Array.from({ length: 64 * 30 - 1 }, (_, i) => i))).toBeUndefined();
  expect(batchMean([])).toBeUndefined();
});

test("covers the true mean of a correlated series about 95 times in 100, where single values would not", () => {
  const random = createRandom(5);
  const covered = { batches: 0, singles: 0 };
  for (let trial = 0; trial < 400; trial += 1) {
    let last = 0;
    const series = Array.from({ length: 64 * 40 }, () => {
      last = 0.7 * last + (random() - 0.5);
      return last;
    });
    const interval = batchMean(series);
    if (interval === undefined) throw new Error("no interval");
    if (interval.low <= 0 && interval.high >= 0) covered.batches += 1;
    const spread = Math.sqrt(series.reduce((sum, x) => sum + x * x, 0) / series.length ** 2);
    if (Math.abs(interval.value) <= 1.96 * spread) covered.singles += 1;
  }
  expect(covered.batches / 400).toBeGreaterThan(0.9);
  expect(covered.singles / 400).toBeLessThan(0.7);
});
