import { percent } from "./format.ts";
import type { MeasuredCell } from "./measure-cell.ts";

/** Fewer completed requests than this decide nothing. */
const LEAST_REQUESTS = 10;
/** The success floor that SLA files have unless they say otherwise. */
const LEAST_SUCCESS = 0.99;

/** Whether enough of a cell's requests ended, and well, for its figures to stand for the server's. */
export function isMeasured(figures: MeasuredCell["figures"]): boolean {
  return whyNotMeasured(figures) === null;
}

function whyNotMeasured({ requests, completed, failed }: MeasuredCell["figures"]): string | null {
  if (completed < LEAST_REQUESTS)
    return `only ${completed} request${completed === 1 ? "" : "s"} completed`;
  return failed / requests > 1 - LEAST_SUCCESS ? `${percent(failed / requests)} failed` : null;
}

/**
 * Why a variant does not keep the service level at a level of load, in words; `null` where it does.
 *
 * @param goodRate share of its requests that keep every SLO; `null` where none was sent
 * @param goodRateMin least share that must
 */
export function whyItDoesNotHold(
  figures: MeasuredCell["figures"],
  goodRate: number | null,
  goodRateMin: number,
): string | null {
  const other = figures.saturated ?? whyNotMeasured(figures);
  if (other !== null) return other;
  if (goodRate !== null && goodRate < goodRateMin) {
    return `${percent(goodRate)} of the requests kept the SLO, ${percent(goodRateMin)} must`;
  }
  return null;
}

/**
 * The smallest TTFT limit with which the cell would still hold, milliseconds; `undefined` where it would with none.
 */
export function leastTtftLimit(
  { figures, otherwiseGoodTtfts }: MeasuredCell,
  goodRateMin: number,
): number | undefined {
  if (whyItDoesNotHold(figures, null, goodRateMin) !== null) return undefined;
  return otherwiseGoodTtfts[Math.max(1, Math.ceil(goodRateMin * figures.requests - 1e-9)) - 1];
}
