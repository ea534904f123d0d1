import type { LoadPlan, PhaseWindow } from "../core/load-plan.ts";
import { createRandom, type Random } from "../core/random.ts";
import { UserError } from "../core/user-error.ts";
import type { ArrivalSchedule, LoadRun } from "./load-shape.ts";

/** A stretch of an open-loop plan, in which requests are offered at one rate. */
export interface RateWindow {
  readonly phase: PhaseWindow["phase"];
  readonly requestsPerSecond: number;
  readonly durationMs: number;
}

/** Keeps the draws of the schedule apart from those of prompts, which start from the same seed. */
const OF_ARRIVALS = 0x5bd1e995;

/**
 * Draws the schedule of an open loop from the run's seed, once for all users.
 *
 * @param draw times of all requests, milliseconds since T0, ascending
 * @throws UserError where no request falls into a steady window: there would be nothing to measure
 */
export function createArrivalSchedule(
  run: LoadRun,
  windows: readonly RateWindow[],
  maxVus: number,
  draw: (random: Random) => number[],
): ArrivalSchedule {
  const timesMs = run.share("arrivals", () => draw(createRandom(run.settings.seed ^ OF_ARRIVALS)));
  const plan = openPlan(windows, timesMs, maxVus);
  if (!plan.windows.some(({ phase, arrivals }) => phase === "steady" && arrivals !== 0)) {
    throw new UserError(
      "bad-input",
      "no request falls into the steady time: more requests a second, or a longer DURATION",
    );
  }
  return { kind: "arrivals", plan, timesMs };
}

/** The plan of an open loop, each window with the number of requests that its schedule has. */
function openPlan(
  windows: readonly RateWindow[],
  timesMs: ArrayLike<number>,
  maxVus: number,
): LoadPlan {
  let startMs = 0;
  let from = 0;
  const planned = windows.map(({ phase, requestsPerSecond, durationMs }): PhaseWindow => {
    const endMs = startMs + durationMs;
    const to = firstAtOrAfter(timesMs, endMs);
    const window = { phase, level: requestsPerSecond, startMs, endMs, arrivals: to - from };
    startMs = endMs;
    from = to;
    return window;
  });
  return { kind: "open", windows: planned, maxVus };
}

/** By halving: k6 parses each number of a shared list anew. */
function firstAtOrAfter(timesMs: ArrayLike<number>, atMs: number): number {
  let [low, high] = [0, timesMs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesMs[middle] ?? atMs) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
