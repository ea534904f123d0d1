import { type Clusters, clusteredMean } from "../../lib/core/bootstrap.ts";
import { type Interval, NORMAL_95 } from "../../lib/core/interval.ts";
import { shareInterval } from "../../lib/core/share-interval.ts";
import { type Estimate, varianceOfMean } from "./estimate.ts";

/**
 * The logarithm of a rate with its variance, from the project's cluster bootstrap of its blocks of time.
 *
 * @param clusters a cluster a run
 * @returns `undefined` where the rate or its interval reaches 0, which has no logarithm
 */
export function estimateLogMean(clusters: Clusters): Estimate | undefined {
  const mean = clusteredMean(clusters);
  if (mean === undefined || mean.low <= 0) return undefined;
  const means = clusters.filter((c) => c.length > 0).map((c) => Math.log(meanOf(c)));
  return {
    value: Math.log(mean.value),
    variance: varianceOf({ ...mean, low: Math.log(mean.low), high: Math.log(mean.high) }),
    betweenRuns: varianceOfMean(means),
    runs: means.length,
  };
}

/**
 * A share of requests with its variance: the wider of the cluster bootstrap, which sees that runs differ, and Wilson's interval,
 * which knows that 100 of 100 is not certainty.
 *
 * @param clusters a cluster a run, with 1 for a success and 0 for all else
 */
export function estimateShare(clusters: Clusters): Estimate | undefined {
  const all = clusters.flat();
  const wilson = shareInterval(
    all.reduce((sum, x) => sum + x, 0),
    all.length,
  );
  const bootstrap = clusteredMean(clusters);
  if (wilson === undefined || bootstrap === undefined) return undefined;
  const shares = clusters.filter((c) => c.length > 0).map(meanOf);
  return {
    value: wilson.value,
    variance: Math.max(varianceOf(wilson), varianceOf(bootstrap)),
    betweenRuns: varianceOfMean(shares),
    runs: shares.length,
  };
}

/** The variance that a 95 % interval stands for. */
export function varianceOf({ low, high }: Interval): number {
  return ((high - low) / (2 * NORMAL_95)) ** 2;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
