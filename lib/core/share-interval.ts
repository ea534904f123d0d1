import { type Interval, NORMAL_95 } from "./interval.ts";

/**
 * A share of successes with Wilson's 95 % score interval (Wilson 1927), which stays inside [0, 1] and says something even
 * where all or none succeeded: 20 of 20 give 0.839 to 1.
 *
 * @returns `undefined` for a share of nothing
 */
export function shareInterval(successes: number, of: number): Interval | undefined {
  if (of === 0) return undefined;
  const share = successes / of;
  const z2 = NORMAL_95 ** 2;
  const centre = (share + z2 / (2 * of)) / (1 + z2 / of);
  const half =
    (NORMAL_95 * Math.sqrt((share * (1 - share)) / of + z2 / (4 * of * of))) / (1 + z2 / of);
  return {
    value: share,
    low: successes === 0 ? 0 : centre - half,
    high: successes === of ? 1 : centre + half,
  };
}
