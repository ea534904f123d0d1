import { microseconds } from "../core/microseconds.ts";
import type { Random } from "../core/random.ts";
import { exponential, gamma } from "../core/random-variates.ts";
import { assertHoldable } from "./schedule-size.ts";

/** In which rhythm requests come at a given rate. */
export type ArrivalProcess =
  /** Evenly spaced. */
  | { readonly kind: "constant" }
  /** Independent of each other, as of many people who know nothing of each other. */
  | { readonly kind: "poisson" }
  /** Gaps of a gamma law whose shape is the burstiness (as `vllm bench --burstiness`): below 1 burstier than Poisson, above 1 more even. */
  | { readonly kind: "gamma"; readonly burstiness: number };

export const constantRate: ArrivalProcess = { kind: "constant" };
export const poisson: ArrivalProcess = { kind: "poisson" };

/** @throws RangeError for a burstiness that is not above 0 */
export function gammaBursts(burstiness: number): ArrivalProcess {
  if (!(burstiness > 0)) throw new RangeError(`burstiness: found ${burstiness}, allowed: above 0`);
  return { kind: "gamma", burstiness };
}

/** A stretch of time in which requests are offered at one rate. */
export interface RateStep {
  readonly requestsPerSecond: number;
  readonly durationMs: number;
}

/**
 * When requests come: a renewal process of unit mean, its clock run at the rate of the moment (time rescaling, as in
 * Brown et al. 2002), so that a change of rate takes effect at once and the rhythm stays the process's.
 *
 * @returns milliseconds since the start, ascending, to whole microseconds: k6's and Node's logarithms differ in their last bit
 * @throws UserError where there are too many to hold
 */
export function arrivalTimes(
  process: ArrivalProcess,
  steps: readonly RateStep[],
  random: Random,
): number[] {
  const times: number[] = [];
  let stepStartMs = 0;
  /** Requests that are due by the start of the step, a real number. */
  let due = 0;
  let next = process.kind === "constant" ? 0 : gap(process, random);
  for (const { requestsPerSecond, durationMs } of steps) {
    const perMs = requestsPerSecond / 1000;
    const dueByEnd = due + perMs * durationMs;
    while (next < dueByEnd) {
      times.push(microseconds(stepStartMs + (next - due) / perMs));
      assertHoldable(times.length);
      next += gap(process, random);
    }
    due = dueByEnd;
    stepStartMs += durationMs;
  }
  return times;
}

function gap(process: ArrivalProcess, random: Random): number {
  switch (process.kind) {
    case "constant":
      return 1;
    case "poisson":
      return exponential(random);
    case "gamma":
      return gamma(process.burstiness, random) / process.burstiness;
    default:
      return process satisfies never;
  }
}
