import { percent } from "./format.ts";
import type { MeasuredCell } from "./measure-cell.ts";

/** Fewer completed requests than this decide nothing. */
const LEAST_REQUESTS = 10;
/** The success floor that SLA files have unless they say otherwise. */
const LEAST_SUCCESS = 0.99;

/**
 * Why a variant does not keep the service level at a level of load, in words; `null` where it does.
 *
 * @param goodRateMin least share of requests that keep every SLO
 */
export function whyItDoesNotHold(
  figures: MeasuredCell["figures"],
  goodRateMin: number,
): string | null {
  const { requests, completed, failed, goodRate } = figures;
  if (completed < LEAST_REQUESTS) return `only ${completed} requests completed`;
  if (failed / requests > 1 - LEAST_SUCCESS) return `${percent(failed / requests)} failed`;
  if (goodRate !== null && goodRate < goodRateMin) {
    return `${percent(goodRate)} of the requests kept the SLO, ${percent(goodRateMin)} must`;
  }
  return null;
}
