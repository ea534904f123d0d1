import { type Interval, NORMAL_95 } from "./interval.ts";

/** Longer than the reach of what one token's surprise says about the next ones'. */
const BATCH_SIZE = 64;
/** With fewer, the normal quantile is too narrow for the spread of so few means. */
const LEAST_BATCHES = 30;

/**
 * Mean of a correlated series with a 95 % interval from the means of consecutive batches, which are nearly independent
 * where single values are not (method of batch means, Law and Kelton, Simulation Modeling and Analysis, 9.5.3). A tail
 * shorter than a batch enters the mean alone.
 *
 * @returns `undefined` for fewer than 30 batches' worth of values: no interval can be had
 */
export function batchMean(series: ArrayLike<number>): Interval | undefined {
  const batches = Math.floor(series.length / BATCH_SIZE);
  if (batches < LEAST_BATCHES) return undefined;
  const means = Array.from({ length: batches }, (_, b) =>
    mean(series, b * BATCH_SIZE, (b + 1) * BATCH_SIZE),
  );
  const centre = mean(means, 0, batches);
  const variance = means.reduce((sum, m) => sum + (m - centre) ** 2, 0) / (batches - 1);
  const half = NORMAL_95 * Math.sqrt(variance / batches);
  const value = mean(series, 0, series.length);
  return { value, low: value - half, high: value + half };
}

function mean(series: ArrayLike<number>, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i += 1) sum += series[i] ?? 0;
  return sum / (to - from);
}
