/**
 * The plan of a run: which phase and level each moment of scenario time belongs to. A request belongs to the window
 * in which it was *sent*, and is followed to its end (cohorts of docs/metrics.md). Pure, so that the k6 script, the
 * engine and the merger agree to the request.
 */
export type Phase = "warmup" | "steady" | "drain";

/** A stretch of scenario time, [startMs, endMs), in which the load is meant to be the same thing. */
export interface PhaseWindow {
  readonly phase: Phase;
  /** What the window holds: users in flight (closed loop) or requests offered a second (open loop); `null` where it ramps. */
  readonly level: number | null;
  /** Milliseconds since T0, the start of the scenario. */
  readonly startMs: number;
  readonly endMs: number;
  /** Requests that the schedule of an open loop has in the window; `null` in a closed loop, which has none. */
  readonly arrivals: number | null;
}

export interface LoadPlan {
  /**
   * Closed loop: a user sends its next request when the last one is over. Open loop: requests come by a schedule, whatever
   * became of those before.
   */
  readonly kind: "closed" | "open";
  /** In order, without gaps, the first one starting at 0. */
  readonly windows: readonly PhaseWindow[];
  /** Users there are: in an open loop the most requests that can be in flight. */
  readonly maxVus: number;
}

const AFTER_THE_PLAN = { phase: "drain", level: null } as const;

/** The window of a moment of scenario time. Past the last window everything is drain. */
export function windowAt(plan: LoadPlan, atMs: number): Pick<PhaseWindow, "phase" | "level"> {
  for (const window of plan.windows) {
    if (atMs < window.endMs) return window;
  }
  return AFTER_THE_PLAN;
}

/** When a plan is over, milliseconds since T0. */
export function planEndMs({ windows }: LoadPlan): number {
  return windows.at(-1)?.endMs ?? 0;
}
