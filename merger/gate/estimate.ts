import type { Interval } from "../../lib/core/interval.ts";
import { MANY_DEGREES, ninetyFivePoint, twoSidedP } from "./student-t.ts";

/** A part of a figure's variance, and from how many independent pieces it is known. */
interface Variance {
  readonly variance: number;
  readonly degrees: number;
}

/** A figure on the scale on which it is compared, with how far it may be off. */
export interface Estimate {
  /** A logarithm where the ratio of two figures counts, the figure itself where their difference does. */
  readonly value: number;
  readonly parts: readonly Variance[];
}

export interface TestedDifference {
  /** On the scale of the estimates. */
  readonly interval: Interval;
  readonly p: number;
}

/**
 * `a` less `b`, with a 95 % interval and a two-sided p by Student's t, its degrees of freedom by Welch and Satterthwaite: what
 * few runs tell of their spread weighs as little as it should.
 */
export function testDifference(a: Estimate, b: Estimate): TestedDifference {
  const value = a.value - b.value;
  const parts = [...a.parts, ...b.parts].filter(({ variance }) => variance > 0);
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  if (variance === 0) {
    return { interval: { value, low: value, high: value }, p: value === 0 ? 1 : 0 };
  }
  const weight = parts.reduce((sum, part) => sum + part.variance ** 2 / part.degrees, 0);
  const degrees = Math.min(MANY_DEGREES, variance ** 2 / weight);
  const half = ninetyFivePoint(degrees) * Math.sqrt(variance);
  return {
    interval: { value, low: value - half, high: value + half },
    p: twoSidedP(value / Math.sqrt(variance), degrees),
  };
}

/**
 * The variance of a figure pooled over runs: what the requests within show, and by how much runs differ beyond that (the
 * moment estimator of a random effect, DerSimonian and Laird 1986; none for a single run).
 *
 * @param ofRuns the figure of each run alone
 */
export function pooledEstimate(
  value: number,
  ofRuns: readonly number[],
  within: Variance,
): Estimate {
  const between = varianceOfMean(ofRuns) - within.variance;
  return {
    value,
    parts: between > 0 ? [within, { variance: between, degrees: ofRuns.length - 1 }] : [within],
  };
}

/** Variance of the mean of these values, from their spread; 0 for fewer than two. */
export function varianceOfMean(values: readonly number[]): number {
  const k = values.length;
  if (k < 2) return 0;
  const mean = values.reduce((sum, x) => sum + x, 0) / k;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (k - 1) / k;
}
