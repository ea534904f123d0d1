// @transient
import type { LoadPlan, PhaseWindow } from "../core/load-plan.ts";
import { settingParsers } from "../core/setting-parsers.ts";
import { declaredMs } from "./declared-time.ts";
import {
  edgeMs,
  type LoadShape,
  loadValue,
  type SingleRequest,
  type Stage,
  type StagedSchedule,
} from "./load-shape.ts";

/**
 * Users come one after another, all stay for the steady time, and leave one after another.
 *
 * @param shape times as k6 writes them (`60s`)
 */
export function rampHoldDrain(shape: {
  readonly vus: number;
  readonly rampUp: string;
  readonly steady: string;
  readonly drain: string;
}): LoadShape {
  const { count, duration } = settingParsers();
  return {
    settings: {
      load: { VUS: count, DURATION: duration },
      defaults: { VUS: String(shape.vus), DURATION: shape.steady },
    },
    gate: "all",
    schedule: (run) =>
      rampHoldDrainSchedule({
        vus: loadValue(run, "VUS", count) ?? shape.vus,
        steadyMs: loadValue(run, "DURATION", duration) ?? declaredMs(shape.steady),
        rampUpMs: declaredMs(shape.rampUp),
        drainMs: declaredMs(shape.drain),
      }),
  };
}

/**
 * One concurrency level after another, each for the same time, in steps without a ramp.
 *
 * @param shape `settle` is the first part of each level, in which the server settles to it: not counted as steady
 */
export function levelSweep(shape: {
  readonly levels: readonly number[];
  readonly levelTime: string;
  readonly settle: string;
}): LoadShape {
  const { risingLevels, duration } = settingParsers();
  return {
    settings: {
      load: { VUS: risingLevels, DURATION: duration },
      defaults: { VUS: shape.levels.join(","), DURATION: shape.levelTime },
    },
    gate: "floors",
    schedule: (run) =>
      levelSweepSchedule({
        levels: loadValue(run, "VUS", risingLevels) ?? shape.levels,
        levelMs: loadValue(run, "DURATION", duration) ?? declaredMs(shape.levelTime),
        settleMs: declaredMs(shape.settle),
      }),
  };
}

const LONGEST_STAGGER_MS = 1_000;

/** Up to `vus` users held for `steadyMs`. Times are milliseconds. */
export function rampHoldDrainSchedule(run: {
  readonly vus: number;
  readonly steadyMs: number;
  readonly rampUpMs: number;
  readonly drainMs: number;
}): StagedSchedule {
  const { vus, steadyMs } = run;
  const rampUpMs = edgeMs(run.rampUpMs, steadyMs);
  const drainMs = edgeMs(run.drainMs, steadyMs);
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
  const settleMs = edgeMs(run.settleMs, levelMs);
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
  return { kind: "single-request", plan };
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
  return { kind: "stages", plan: { kind: "closed", windows, maxVus }, startVus, stages, staggerMs };
}
