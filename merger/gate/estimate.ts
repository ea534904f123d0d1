import type { Interval } from "../../lib/core/interval.ts";
import { MANY_DEGREES, ninetyFivePoint, twoSidedP } from "./student-t.ts";

/** A figure on the scale on which it is compared, with how far it may be off. */
export interface Estimate {
  /** A logarithm where the ratio of two figures counts, the figure itself where their difference does. */
  readonly value: number;
  readonly variance: number;
  /** The part of the variance that the spread between runs shows, known from few runs only; 0 where there is one run. */
  readonly betweenRuns: number;
  readonly runs: number;
}

export interface TestedDifference {
  /** On the scale of the estimates. */
  readonly interval: Interval;
  readonly p: number;
}

/**
 * `a` less `b`, with a 95 % interval and a two-sided p by Student's t. Its degrees of freedom are Welch and
 * Satterthwaite's: the spread between k runs has k−1 of them, what is known from the requests within has many. So two runs
 * a side that differ a lot from each other prove little, as they should.
 */
export function testDifference(a: Estimate, b: Estimate): TestedDifference {
  const value = a.value - b.value;
  const variance = a.variance + b.variance;
  if (variance === 0) {
    return { interval: { value, low: value, high: value }, p: value === 0 ? 1 : 0 };
  }
  const error = Math.sqrt(variance);
  const degrees = degreesOfFreedom(a, b);
  const half = ninetyFivePoint(degrees) * error;
  return {
    interval: { value, low: value - half, high: value + half },
    p: twoSidedP(value / error, degrees),
  };
}

function degreesOfFreedom(a: Estimate, b: Estimate): number {
  const weight = [a, b].reduce(
    (sum, { betweenRuns, runs }) => sum + (runs < 2 ? 0 : betweenRuns ** 2 / (runs - 1)),
    0,
  );
  const variance = a.variance + b.variance;
  return weight === 0 ? MANY_DEGREES : Math.min(MANY_DEGREES, variance ** 2 / weight);
}

/** Variance of the mean of these values, from their spread; 0 for fewer than two. */
export function varianceOfMean(values: readonly number[]): number {
  const k = values.length;
  if (k < 2) return 0;
  const mean = values.reduce((sum, x) => sum + x, 0) / k;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (k - 1) / k;
}
