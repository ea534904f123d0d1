import type { Clusters } from "../../lib/core/bootstrap.ts";
import { quantile, sortedCopy } from "../../lib/core/quantile.ts";
import { createRandom, type Random, randomInt } from "../../lib/core/random.ts";
import { blocksOf } from "./blocks.ts";
import { type Estimate, varianceOfDraws } from "./estimate.ts";

/** Enough for a standard error (Efron and Tibshirani 1993, 6.4): 3 % off itself. */
const RESAMPLES = 500;
/** Fixed: the same records give the same verdict. */
const SEED = 20_261_124;

/**
 * The logarithm of a quantile pooled over runs. Its variance within runs is a block bootstrap's: of each run, as many blocks of
 * successive requests as it has are drawn with replacement (Davison and Hinkley 1997, 8.2.3).
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
  const ranked = rank(filled);
  if ((ranked.sorted[0] ?? 0) <= 0) return undefined;
  const blocks = filled.map(({ length }) => blocksOf(length, inFlight));
  const random = createRandom(SEED);
  const resampled = Array.from({ length: RESAMPLES }, () =>
    Math.log(resampledQuantile(ranked, blocks, q, random)),
  );
  return {
    value: Math.log(quantile(ranked.sorted, q)),
    within: {
      variance: varianceOfDraws(resampled),
      degrees: Math.max(1, blocks.flat().length - filled.length),
    },
    ofRuns: filled.map((cluster) => Math.log(quantile(sortedCopy(cluster), q))),
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
  blocks: readonly ReturnType<typeof blocksOf>[],
  q: number,
  random: Random,
): number {
  counts.fill(0);
  let total = 0;
  ranks.forEach((ofRun, run) => {
    const ofItsBlocks = blocks[run] ?? [];
    for (let draw = 0; draw < ofItsBlocks.length; draw += 1) {
      const [from, to] = ofItsBlocks[randomInt(random, ofItsBlocks.length)] ?? [0, 0];
      for (let i = from; i < to; i += 1) counts[ofRun[i] ?? 0] = (counts[ofRun[i] ?? 0] ?? 0) + 1;
      total += to - from;
    }
  });
  return quantileOfCounts(sorted, counts, q * (total - 1));
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
