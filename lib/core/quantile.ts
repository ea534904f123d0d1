/**
 * Quantile by linear interpolation between order statistics at q*(n-1): Hyndman and Fan's type 7, numpy's default and
 * what k6's Trend does. For [1, 2, 3, 4], q = 0.5 gives 2.5.
 *
 * @param sorted ascending values
 * @param q 0 to 1
 * @throws RangeError on no values (an empty sample has no quantile; k6's Trend would say 0) or a q outside [0, 1]
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (!(q >= 0 && q <= 1)) throw new RangeError(`quantile: q must be from 0 to 1, found ${q}`);
  const position = q * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) throw new RangeError("quantile: no values");
  return below + (above - below) * (position - Math.floor(position));
}

/** An ascending copy. */
export function sortedCopy(values: Iterable<number>): Float64Array {
  return Float64Array.from(values).sort();
}
