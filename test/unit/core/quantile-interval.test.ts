import { expect, test } from "vitest";
import { sortedCopy } from "../../../lib/core/quantile.ts";
import { binomialQuantile, quantileInterval } from "../../../lib/core/quantile-interval.ts";
import { referenceStatistics } from "../../support/reference-statistics.ts";

test.each(referenceStatistics.binomialQuantiles)("binomial($n, $q) at $p is SciPy's", (point) => {
  expect(binomialQuantile(point.n, point.q, point.p)).toBe(point.k);
});

test.each(referenceStatistics.quantileIntervals)(
  "the interval of the $q quantile %# is that of scipy.stats.quantile_test",
  (reference) => {
    const interval = quantileInterval(sortedCopy(reference.values), reference.q);
    expect(interval?.value).toBeCloseTo(reference.value, 10);
    expect(interval?.low).toBe(reference.low);
    expect(interval?.high).toBe(reference.high);
  },
);

test.each([
  { n: 9, q: 0.5, enough: false },
  { n: 10, q: 0.5, enough: true },
  { n: 99, q: 0.95, enough: false },
  { n: 100, q: 0.95, enough: true },
  { n: 499, q: 0.99, enough: false },
  { n: 500, q: 0.99, enough: true },
])("the $q quantile of $n samples is told: $enough (n(1-p) >= 5)", ({ n, q, enough }) => {
  const sorted = Float64Array.from({ length: n }, (_, i) => i);
  expect(quantileInterval(sorted, q) !== undefined).toBe(enough);
});
