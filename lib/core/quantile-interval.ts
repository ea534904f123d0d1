import type { Interval } from "./interval.ts";
import { quantile } from "./quantile.ts";

/** Fewer samples than this beyond a quantile say nothing about it (docs/metrics.md). */
const LEAST_BEYOND = 5;

/**
 * A quantile with its distribution-free 95 % interval: the order statistics at the 2.5 % and 97.5 % points of the
 * binomial(n, q) number of samples below it (Conover, Practical Nonparametric Statistics, 3.2).
 *
 * @param sorted ascending values
 * @returns `undefined` where n(1-q) < 5: too few samples
 */
export function quantileInterval(sorted: Float64Array, q: number): Interval | undefined {
  const n = sorted.length;
  if (n * (1 - q) < LEAST_BEYOND - 1e-9) return undefined;
  const below = binomialQuantile(n, q, 0.025);
  const above = binomialQuantile(n, q, 0.975);
  return {
    value: quantile(sorted, q),
    low: sorted[Math.max(0, below - 1)] ?? Number.NaN,
    high: sorted[Math.min(n - 1, above)] ?? Number.NaN,
  };
}

/** Smallest k with P(X <= k) >= p for X ~ binomial(n, q). */
export function binomialQuantile(n: number, q: number, p: number): number {
  // In logarithms: (1-q)^n underflows from a few thousand samples on.
  let logTerm = n * Math.log1p(-q);
  let cumulative = Math.exp(logTerm);
  let k = 0;
  while (cumulative < p && k < n) {
    logTerm += Math.log((n - k) / (k + 1)) + Math.log(q) - Math.log1p(-q);
    k += 1;
    cumulative += Math.exp(logTerm);
  }
  return k;
}
