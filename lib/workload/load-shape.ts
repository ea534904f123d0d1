import type { LoadPlan, PhaseWindow } from "../core/load-plan.ts";

/** The shape of a closed-loop load, as a profile declares it: how many users at which time. */
export type LoadShape = RampHoldDrain | LevelSweep;

/** Users come one after another, all stay for the steady time, and leave one after another. */
export interface RampHoldDrain {
  readonly kind: "ramp-hold-drain";
  readonly vus: number;
  /** Times as k6 writes them (`60s`). */
  readonly steady: string;
  readonly rampUp: string;
  readonly drain: string;
}

/** One concurrency level after another, each for the same time, in steps without a ramp. */
export interface LevelSweep {
  readonly kind: "level-sweep";
  readonly levels: readonly number[];
  readonly levelTime: string;
  /** The first part of each level, in which the server settles to it: not counted as steady. */
  readonly settle: string;
}

export function rampHoldDrain(shape: Omit<RampHoldDrain, "kind">): RampHoldDrain {
  return { kind: "ramp-hold-drain", ...shape };
}

export function levelSweep(shape: Omit<LevelSweep, "kind">): LevelSweep {
  return { kind: "level-sweep", ...shape };
}

/** A stage of k6's `ramping-vus`: from the users there are to `target` within the time, in a straight line. */
interface Stage {
  readonly target: number;
  readonly durationMs: number;
}

/** What the shape comes to under the settings of a run. */
export type LoadSchedule = StagedSchedule | SingleRequest;

/** One request of one user, to see what comes back. */
export interface SingleRequest {
  readonly kind: "single-request";
  readonly plan: LoadPlan;
  readonly totalMs: number;
  readonly staggerMs: 0;
}

export interface StagedSchedule {
  readonly kind: "stages";
  readonly plan: LoadPlan;
  readonly startVus: number;
  readonly stages: readonly Stage[];
  readonly totalMs: number;
  /** Users that start together put their first requests apart by up to this time, lest equal lengths march in step. */
  readonly staggerMs: number;
}

/** Ramps and settling times are at most this share of the steady time, so that a short run stays short. */
const LONGEST_EDGE_SHARE = 0.25;
const LONGEST_STAGGER_MS = 1_000;

/** Up to `vus` users held for `steadyMs`. Times are milliseconds. */
export function rampHoldDrainSchedule(run: {
  readonly vus: number;
  readonly steadyMs: number;
  readonly rampUpMs: number;
  readonly drainMs: number;
}): StagedSchedule {
  const { vus, steadyMs } = run;
  const rampUpMs = edge(run.rampUpMs, steadyMs);
  const drainMs = edge(run.drainMs, steadyMs);
  const stages = [
    { target: vus, durationMs: rampUpMs },
    { target: vus, durationMs: steadyMs },
    { target: 0, durationMs: drainMs },
  ];
  return schedule(0, stages, vus, 0, [
    ["warmup", null, rampUpMs],
    ["steady", vus, steadyMs],
    ["drain", null, drainMs],
  ]);
}

/**
 * Each level for `levelMs`, in one scenario, so that concurrency is exact and no levels add up. The last level is
 * held on while its steady requests end, so that they end under the load they were sent under.
 */
export function levelSweepSchedule(run: {
  readonly levels: readonly number[];
  readonly levelMs: number;
  readonly settleMs: number;
}): StagedSchedule {
  const { levels, levelMs } = run;
  const settleMs = edge(run.settleMs, levelMs);
  const last = levels.at(-1) ?? 1;
  const steps = levels.flatMap((target) => [
    { target, durationMs: 0 },
    { target, durationMs: levelMs },
  ]);
  const stages = [...steps, { target: last, durationMs: settleMs }];
  const staggerMs = Math.min(LONGEST_STAGGER_MS, settleMs / 2);
  return schedule(levels[0] ?? 1, stages, Math.max(...levels), staggerMs, [
    ...levels.flatMap((level): Span[] => [
      ["warmup", level, settleMs],
      ["steady", level, levelMs - settleMs],
    ]),
    ["drain", last, settleMs],
  ]);
}

/** A single request, which may take as long as the request timeout allows. */
export function singleRequestSchedule(timeoutMs: number): SingleRequest {
  const steady = {
    phase: "steady",
    level: 1,
    startMs: 0,
    endMs: timeoutMs,
    arrivals: null,
  } as const;
  const plan: LoadPlan = { kind: "closed", windows: [steady], maxVus: 1 };
  return { kind: "single-request", plan, totalMs: timeoutMs, staggerMs: 0 };
}

type Span = readonly [phase: PhaseWindow["phase"], level: number | null, durationMs: number];

function schedule(
  startVus: number,
  stages: readonly Stage[],
  maxVus: number,
  staggerMs: number,
  spans: readonly Span[],
): StagedSchedule {
  let startMs = 0;
  const windows = spans.map(([phase, level, durationMs]): PhaseWindow => {
    const window = { phase, level, startMs, endMs: startMs + durationMs, arrivals: null };
    startMs = window.endMs;
    return window;
  });
  return {
    kind: "stages",
    plan: { kind: "closed", windows, maxVus },
    startVus,
    stages,
    totalMs: startMs,
    staggerMs,
  };
}

/** Whole milliseconds: k6 takes no parts of one. */
function edge(wantedMs: number, steadyMs: number): number {
  return Math.round(Math.min(wantedMs, steadyMs * LONGEST_EDGE_SHARE));
}
