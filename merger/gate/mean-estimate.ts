import { type Clusters, clusteredMean } from "../../lib/core/bootstrap.ts";
import { type Interval, NORMAL_95 } from "../../lib/core/interval.ts";
import { shareInterval } from "../../lib/core/share-interval.ts";
import { blocksOf } from "./blocks.ts";
import type { Estimate } from "./estimate.ts";

/**
 * The logarithm of a rate pooled over runs; its variance within runs is the bootstrap's of each run's blocks of time.
 *
 * @param clusters rates in blocks of time, a cluster a run
 * @returns `undefined` where the rate of a run is 0, which has no logarithm
 */
export function estimateLogMean(clusters: Clusters): Estimate | undefined {
  const runs = clusters.filter(({ length }) => length > 0).map((rates) => ofRun(rates, 1));
  const mean = pooledMean(runs);
  if (runs.length === 0 || runs.some((run) => run.mean <= 0)) return undefined;
  // The variance of a logarithm is that of the figure over its square, as long as it is small.
  return {
    value: Math.log(mean),
    within: { variance: pooledVariance(runs) / mean ** 2, degrees: degreesOf(runs) },
    ofRuns: runs.map((run) => Math.log(run.mean)),
  };
}

/**
 * A share of requests; its variance within runs is the greater of the bootstrap's of blocks of successive requests and of that
 * which Wilson's interval stands for: 100 good of 100 is not certainty.
 *
 * @param clusters a cluster a run, with 1 for a success and 0 for all else, in the order in which the requests were sent
 * @param inFlight requests that are in flight together
 */
export function estimateShare(clusters: Clusters, inFlight: number): Estimate | undefined {
  const runs = clusters.filter(({ length }) => length > 0).map((good) => ofRun(good, inFlight));
  const n = runs.reduce((sum, run) => sum + run.n, 0);
  const wilson = shareInterval(Math.round(pooledMean(runs) * n), n);
  if (wilson === undefined) return undefined;
  return {
    value: wilson.value,
    within: {
      variance: Math.max(varianceOf(wilson), pooledVariance(runs)),
      degrees: degreesOf(runs),
    },
    ofRuns: runs.map((run) => run.mean),
  };
}

/** The variance that a 95 % interval stands for. */
export function varianceOf({ low, high }: Interval): number {
  return ((high - low) / (2 * NORMAL_95)) ** 2;
}

interface RunMean {
  readonly mean: number;
  readonly n: number;
  readonly variance: number;
  readonly blocks: number;
}

function ofRun(values: readonly number[], inFlight: number): RunMean {
  const blocks = blocksOf(values.length, inFlight);
  const means = blocks.map(([from, to]) => meanOf(values.slice(from, to)));
  const bootstrap = clusteredMean([means]);
  return {
    mean: meanOf(values),
    n: values.length,
    variance: bootstrap === undefined ? 0 : varianceOf(bootstrap),
    blocks: blocks.length,
  };
}

function pooledMean(runs: readonly RunMean[]): number {
  const n = runs.reduce((sum, run) => sum + run.n, 0);
  return runs.reduce((sum, run) => sum + run.mean * run.n, 0) / n;
}

function pooledVariance(runs: readonly RunMean[]): number {
  const n = runs.reduce((sum, run) => sum + run.n, 0);
  return runs.reduce((sum, run) => sum + (run.n / n) ** 2 * run.variance, 0);
}

function degreesOf(runs: readonly RunMean[]): number {
  return Math.max(
    1,
    runs.reduce((sum, run) => sum + run.blocks - 1, 0),
  );
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
