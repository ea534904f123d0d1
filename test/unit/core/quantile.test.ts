import { expect, test } from "vitest";
import { quantile, sortedCopy } from "../../../lib/core/quantile.ts";
import { referenceStatistics } from "../../support/reference-statistics.ts";

test.each(referenceStatistics.quantiles)("equals numpy.quantile of %#", (reference) => {
  const sorted = sortedCopy(reference.values);
  for (const [q, expected] of reference.quantiles) {
    expect(quantile(sorted, q)).toBeCloseTo(expected, 10);
  }
});

test("sorts numbers as numbers and leaves the values alone", () => {
  const values = [10, 9, 100];
  expect([...sortedCopy(values)]).toEqual([9, 10, 100]);
  expect(values).toEqual([10, 9, 100]);
});

test.each([-0.1, 1.1, Number.NaN])("refuses the quantile %d", (q) => {
  expect(() => quantile([1, 2], q)).toThrow("q must be from 0 to 1");
});

test("no values have no quantile, where k6's Trend would say 0", () => {
  expect(() => quantile([], 0.5)).toThrow("no values");
});
