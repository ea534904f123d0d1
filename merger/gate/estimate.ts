import type { Interval } from "../../lib/core/interval.ts";
import { MANY_DEGREES, ninetyFivePoint, twoSidedP } from "./student-t.ts";

/** A part of a figure's variance, and from how many independent pieces it is known. */
interface Variance {
  readonly variance: number;
  readonly degrees: number;
}

/** A figure pooled over runs, on the scale on which it is compared, with how far it may be off. */
export interface Estimate {
  /** A logarithm where the ratio of two figures counts, the figure itself where their difference does. */
  readonly value: number;
  /** What the spread of the requests within the runs shows. */
  readonly within: Variance;
  /** The figure of each run alone: how they spread shows what the requests within can't. */
  readonly ofRuns: readonly number[];
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
  const parts = [a.within, b.within, betweenRuns(a, b)].filter(({ variance }) => variance > 0);
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
 * By how much runs differ beyond what their requests' spread explains: the moment estimator of a random effect (DerSimonian
 * and Laird 1986), from the runs of both sides, since they are runs of one machine. So a single run against several counts as
 * one of those; where there is one run a side, nothing is known of it, and it counts as nothing.
 */
function betweenRuns(a: Estimate, b: Estimate): Variance {
  const degrees = a.ofRuns.length + b.ofRuns.length - 2;
  if (degrees < 1) return { variance: 0, degrees: 1 };
  const ofBoth = (ofSide: (side: Estimate) => number) => ofSide(a) + ofSide(b);
  const seen = ofBoth(({ ofRuns }) => squares(ofRuns)) / degrees;
  // A run alone has k times the variance of the pooled figure of k runs.
  const explained =
    ofBoth(({ ofRuns: { length: k }, within }) => (k - 1) * k * within.variance) / degrees;
  const ofOneRun = Math.max(0, seen - explained);
  return { variance: ofBoth(({ ofRuns }) => ofOneRun / ofRuns.length), degrees };
}

/** Squared distances from the mean, added up. */
function squares(values: readonly number[]): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
}

/** Variance of values drawn independently. */
export function varianceOfDraws(values: readonly number[]): number {
  return squares(values) / (values.length - 1);
}
