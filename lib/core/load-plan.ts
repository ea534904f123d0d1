/**
 * The plan of a run: which phase and level each moment of scenario time belongs to. A request belongs to the window
 * in which it was *sent*, and is followed to its end (cohorts of docs/metrics.md). Pure, so that the k6 script, the
 * engine and the merger agree to the request.
 */
export type Phase = "warmup" | "steady" | "drain";

/** A stretch of scenario time, [startMs, endMs), in which the load is meant to be the same thing. */
export interface PhaseWindow {
  readonly phase: Phase;
  /** Concurrency the window holds (users in flight), or `null` where it ramps. */
  readonly level: number | null;
  /** Milliseconds since T0, the start of the scenario. */
  readonly startMs: number;
  readonly endMs: number;
}

export interface LoadPlan {
  /** Closed loop: a user sends its next request when the last one is over. */
  readonly kind: "closed";
  /** In order, without gaps, the first one starting at 0. */
  readonly windows: readonly PhaseWindow[];
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
