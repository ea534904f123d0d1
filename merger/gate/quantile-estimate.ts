import type { Clusters } from "../../lib/core/bootstrap.ts";
import { quantile, sortedCopy } from "../../lib/core/quantile.ts";
import { createRandom, type Random, randomInt } from "../../lib/core/random.ts";
import { type Estimate, varianceOfMean } from "./estimate.ts";

/** Enough for a standard error (Efron and Tibshirani 1993, 6.4): 3 % off itself. */
const RESAMPLES = 500;
/** Fixed: the same records give the same verdict. */
const SEED = 20_261_124;
/** Fewer blocks than this a run show too little of the spread between them. */
const LEAST_BLOCKS = 20;

/**
 * The logarithm of a quantile pooled over runs, with its variance by a two-stage bootstrap: runs are drawn with replacement,
 * then blocks of successive requests within each, since requests that are in flight together share their luck. Drawing k runs
 * out of k shows too little of the spread between them, so that is stretched by sqrt(k/(k-1)), as in lib/core/bootstrap.ts.
 *
 * @param clusters positive values, a cluster a run, in the order in which the requests were sent
 * @param inFlight requests that are in flight together
 * @returns `undefined` where a value has no logarithm
 */
export function estimateLogQuantile(
  clusters: Clusters,
  q: number,
  inFlight: number,
): Estimate | undefined {
  const filled = clusters.filter((cluster) => cluster.length > 0);
  const pooled = sortedCopy(filled.flat());
  if (pooled.length === 0 || (pooled[0] ?? 0) <= 0) return undefined;
  const value = Math.log(quantile(pooled, q));
  const ofRuns = filled.map((cluster) => Math.log(quantile(sortedCopy(cluster), q)));
  const stretch = filled.length < 2 ? 0 : Math.sqrt(filled.length / (filled.length - 1)) - 1;
  const factors = ofRuns.map((ofRun) => Math.exp(stretch * (ofRun - value)));
  const ranked = rank(filled.map((cluster, run) => cluster.map((x) => x * (factors[run] ?? 1))));
  const random = createRandom(SEED);
  const resampled = Array.from({ length: RESAMPLES }, () =>
    Math.log(resampledQuantile(ranked, q, inFlight, random)),
  );
  // Var of a mean times its size is the variance of one.
  return {
    value,
    variance: varianceOfMean(resampled) * RESAMPLES,
    betweenRuns: varianceOfMean(ofRuns),
    runs: filled.length,
  };
}

interface Ranked {
  /** All values, ascending. */
  readonly sorted: Float64Array;
  /** Where each value of each run stands in them. */
  readonly ranks: readonly Uint32Array[];
  /** How often each was drawn. */
  readonly counts: Uint32Array;
}

function rank(clusters: Clusters): Ranked {
  const flat = clusters.flatMap((cluster, run) => cluster.map((value, i) => ({ value, run, i })));
  flat.sort((a, b) => a.value - b.value);
  const ranks = clusters.map((cluster) => new Uint32Array(cluster.length));
  flat.forEach(({ run, i }, position) => {
    const ofRun = ranks[run];
    if (ofRun !== undefined) ofRun[i] = position;
  });
  return {
    sorted: Float64Array.from(flat, ({ value }) => value),
    ranks,
    counts: new Uint32Array(flat.length),
  };
}

/** Counts how often each value is drawn instead of sorting what was drawn. */
function resampledQuantile(
  { sorted, ranks, counts }: Ranked,
  q: number,
  inFlight: number,
  random: Random,
): number {
  counts.fill(0);
  let total = 0;
  for (let draw = 0; draw < ranks.length; draw += 1) {
    const ofRun = ranks[randomInt(random, ranks.length)] ?? new Uint32Array();
    const length = blockLength(ofRun.length, inFlight);
    const blocks = Math.ceil(ofRun.length / length);
    for (let block = 0; block < blocks; block += 1) {
      const from = randomInt(random, blocks) * length;
      const to = Math.min(ofRun.length, from + length);
      for (let i = from; i < to; i += 1) counts[ofRun[i] ?? 0] = (counts[ofRun[i] ?? 0] ?? 0) + 1;
      total += to - from;
    }
  }
  return quantileOfCounts(sorted, counts, q * (total - 1));
}

/** As many successive requests as share their luck, but no so many that too few blocks are left. */
function blockLength(n: number, inFlight: number): number {
  const shared = Math.max(Math.cbrt(n), inFlight);
  return Math.max(1, Math.floor(Math.min(shared, n / LEAST_BLOCKS)));
}

/** The value at a position of the sorted multiset, linear between its neighbours (type 7). */
function quantileOfCounts(sorted: Float64Array, counts: Uint32Array, position: number): number {
  const [lower, fraction] = [Math.floor(position), position - Math.floor(position)];
  let seen = 0;
  let below: number | undefined;
  for (let i = 0; i < sorted.length; i += 1) {
    seen += counts[i] ?? 0;
    const value = sorted[i] ?? 0;
    if (below === undefined && seen > lower) {
      below = value;
      if (fraction === 0) return value;
    }
    if (below !== undefined && seen > lower + 1) return below + (value - below) * fraction;
  }
  return below ?? Number.NaN;
}
