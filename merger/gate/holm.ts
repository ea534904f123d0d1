/**
 * Holm's step-down correction (Holm 1979): the p values to hold against 5 % when any false alarm among all the tests is one
 * too many. [0.01, 0.04, 0.03] gives [0.03, 0.06, 0.06].
 *
 * @returns adjusted p values, in the order given
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let least = 0;
  order.forEach(({ p, index }, rank) => {
    least = Math.max(least, Math.min(1, p * (order.length - rank)));
    adjusted[index] = least;
  });
  return adjusted;
}
