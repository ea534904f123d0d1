// @transient
import type { Options, Scenario } from "k6/options";
import { formatDuration } from "../core/duration.ts";
import { type LoadPlan, planEndMs } from "../core/load-plan.ts";
import type { Settings } from "../core/settings.ts";
import type { Sla } from "../core/sla.ts";
import {
  healthThresholds,
  type K6Thresholds,
  mergeThresholds,
  shownSubmetrics,
  slaThresholds,
} from "../core/sla-thresholds.ts";
import { UserError } from "../core/user-error.ts";
import type { LoadSchedule } from "../workload/load-shape.ts";
import { planMark } from "./declared-load.ts";
import { LONGEST_WAIT_MS } from "./scenario-clock.ts";

/** What a summary and the report need of each Trend; `count` tells an empty one from one of zeros. */
const TREND_STATISTICS = ["avg", "min", "med", "max", "p(50)", "p(90)", "p(95)", "p(99)", "count"];
const GRACE_MS = 1_000;
/** k6 refuses scenarios of less. */
const SHORTEST_MS = 1_000;

/**
 * k6's options of a profile. The scenarios name their functions and there is no default one, so that a stray `--vus` on
 * the command line fails instead of replacing the declared load.
 *
 * @param streams names of the traffic streams, where a profile mixes several
 */
export function loadOptions(
  schedule: LoadSchedule,
  settings: Settings,
  sla: Sla,
  gate: "all" | "floors",
  streams: readonly string[],
): Options {
  const shown = shownSubmetrics(schedule.plan, streams);
  return {
    scenarios: scenariosOf(schedule, settings),
    thresholds: mergeThresholds(gatesOf(schedule, settings, sla, gate), shown),
    summaryTrendStats: TREND_STATISTICS,
  };
}

function gatesOf(
  schedule: LoadSchedule,
  settings: Settings,
  sla: Sla,
  gate: "all" | "floors",
): K6Thresholds {
  if (schedule.kind === "single-request") return { llm_success: ["rate>=1"] };
  assertFits(sla, schedule);
  const limits = slaThresholds(sla, gate, schedule.plan.kind);
  if (settings.health === "report") return limits;
  return mergeThresholds(limits, healthThresholds(schedule.plan.kind));
}

/** A threshold on a metric that never gets a sample would hold whatever happens. */
function assertFits({ latency }: Sla, { plan }: LoadSchedule): void {
  const misplaced = latency.find(({ metric }) => metric.endsWith("FromSchedule"));
  if (misplaced === undefined || plan.kind === "open") return;
  throw new UserError(
    "bad-input",
    `SLA: thresholds.${misplaced.metric}: the profile is a closed loop, which has no schedule`,
  );
}

function scenariosOf(schedule: LoadSchedule, settings: Settings): Record<string, Scenario> {
  // Longer than any request can take: one that is cut by the end of the scenario leaves no trace.
  const graceMs = settings.timeoutMs + GRACE_MS;
  const grace = formatDuration(graceMs);
  if (schedule.kind === "single-request") {
    return {
      load: {
        executor: "per-vu-iterations",
        exec: "run",
        vus: 1,
        iterations: 1,
        maxDuration: grace,
        gracefulStop: grace,
        env: planMark(schedule.plan),
      },
    };
  }
  return {
    load: { ...loadScenario(schedule, graceMs), env: planMark(schedule.plan) },
    heartbeat: heartbeatScenario(schedule.plan, settings),
  };
}

function loadScenario(
  schedule: Exclude<LoadSchedule, { kind: "single-request" }>,
  graceMs: number,
): Scenario {
  const grace = formatDuration(graceMs);
  switch (schedule.kind) {
    case "stages":
      return {
        executor: "ramping-vus",
        exec: "run",
        startVUs: schedule.startVus,
        stages: schedule.stages.map(({ target, durationMs }) => ({
          target,
          duration: formatDuration(durationMs),
        })),
        gracefulStop: grace,
        gracefulRampDown: grace,
      };
    case "arrivals": {
      const iterations = schedule.timesMs.length;
      return {
        executor: "shared-iterations",
        exec: "run",
        // k6 refuses more users than iterations.
        vus: Math.min(schedule.plan.maxVus, iterations),
        iterations,
        maxDuration: formatDuration(planEndMs(schedule.plan) + LONGEST_WAIT_MS + graceMs),
        gracefulStop: grace,
      };
    }
    default:
      return schedule satisfies never;
  }
}

function heartbeatScenario(plan: LoadPlan, { startAtEpochMs }: Settings): Scenario {
  const waitMs = startAtEpochMs === undefined ? 0 : Math.max(0, startAtEpochMs - Date.now());
  return {
    executor: "constant-vus",
    exec: "heartbeat",
    vus: 1,
    duration: formatDuration(Math.max(SHORTEST_MS, Math.round(planEndMs(plan) + waitMs))),
    gracefulStop: "2s",
  };
}
