// @transient
import { healthLimits } from "./health.ts";
import type { LatencyName } from "./latency-names.ts";
import type { LoadPlan } from "./load-plan.ts";
import { RECORDED_OUTCOMES } from "./outcome.ts";
import type { Sla } from "./sla.ts";

/** A threshold as k6's options take it. */
type K6Threshold =
  | string
  | { readonly threshold: string; readonly abortOnFail: boolean; readonly delayAbortEval: string };

/** Thresholds by metric or submetric name, as in k6's options. */
export type K6Thresholds = Record<string, K6Threshold[]>;

/** Longer than a start takes, so that one early failure doesn't count as half of all requests. */
const ABORT_GRACE = "10s";
const STEADY = "phase:steady";
const K6_METRIC: Readonly<Record<LatencyName, string>> = {
  ttft: "llm_ttft",
  itl: "llm_itl",
  e2e: "llm_e2e_latency",
  ttftFromSchedule: "llm_ttft_from_schedule",
  e2eFromSchedule: "llm_e2e_from_schedule",
};

/**
 * What k6 checks of a run: the SLA's limits on the steady phase, and the floors that a dead server fails (an empty Trend
 * or Rate would satisfy any limit). A sweep asks *which* level holds the limits, so there they are no gate and the report
 * judges them; the floors stay. A closed loop is stopped where most requests fail; in an open one, requests that are given
 * up when the plan is over count as failures too, and must not cut those under way.
 */
export function slaThresholds(
  sla: Sla,
  gate: "all" | "floors",
  loop: LoadPlan["kind"],
): K6Thresholds {
  const thresholds: K6Thresholds = {
    ...(loop === "closed" && {
      llm_success: [{ threshold: "rate>0.5", abortOnFail: true, delayAbortEval: ABORT_GRACE }],
    }),
    [`llm_success{${STEADY}}`]: [`rate>=${sla.minSuccessRate}`],
    [`llm_requests{${STEADY},outcome:completed}`]: [`count>=${sla.minRequests}`],
  };
  if (gate === "floors") return thresholds;
  for (const { metric, statistic, atMostMs } of sla.latency) {
    const name = `${K6_METRIC[metric]}{${STEADY}}`;
    thresholds[name] = [...(thresholds[name] ?? []), `${statistic}<=${atMostMs}`];
  }
  if (sla.goodRateMin !== null) {
    thresholds[`llm_good{${STEADY}}`] = [`rate>=${sla.goodRateMin}`];
  }
  return thresholds;
}

/**
 * What k6 itself can check of the client's own health: that it was not late. A run whose client was is no result, so it must
 * not pass. (What the end of the run cut, k6 can't compare: that is seen in the summary.)
 */
export function healthThresholds(loop: LoadPlan["kind"]): K6Thresholds {
  const thresholds: K6Thresholds = {};
  for (const { figure, operator, limit } of healthLimits()) {
    const [metric, statistic] = HEALTH_METRIC[figure] ?? [];
    if (metric === undefined || (loop === "closed" && metric === CLIENT_LAG)) continue;
    const name = `${metric}{${STEADY}}`;
    thresholds[name] = [...(thresholds[name] ?? []), `${statistic}${operator}${limit}`];
  }
  return thresholds;
}

const CLIENT_LAG = "llm_client_lag";
const HEALTH_METRIC: Readonly<Record<string, readonly [metric: string, statistic: string]>> = {
  oversleepP99Ms: ["llm_heartbeat_oversleep", "p(99)"],
  clientLagMedianMs: [CLIENT_LAG, "med"],
  clientLagP99Ms: [CLIENT_LAG, "p(99)"],
};

/** Always true: named only because k6 aggregates a tagged submetric where a threshold names it. */
const SHOWN = { trend: "max>=0", counter: "count>=0", rate: "rate>=0" } as const;

/** Whether a threshold is there to be judged, rather than to have its submetric aggregated. */
export function isGate(threshold: string): boolean {
  return !Object.values<string>(SHOWN).includes(threshold);
}

const FROM_SCHEDULE = [
  "llm_schedule_lag",
  "llm_client_lag",
  "llm_ttft_from_schedule",
  "llm_e2e_from_schedule",
] as const;

/** The submetrics that the summary shows beside those that the SLA names. */
export function shownSubmetrics(plan: LoadPlan, streams: readonly string[]): K6Thresholds {
  const shown: K6Thresholds = {};
  // No Set: the first one costs each user of k6 the methods of all sets, 9 kB.
  const levels = plan.windows
    .flatMap((w) => (w.phase === "steady" ? [w.level] : []))
    .filter((level, i, all) => all.indexOf(level) === i);
  const cohorts = [
    STEADY,
    ...(levels.length > 1 ? levels.map((level) => `${STEADY},level:${level}`) : []),
    ...streams.map((stream) => `${STEADY},stream:${stream}`),
  ];
  for (const cohort of cohorts) {
    for (const name of ["llm_ttft", "llm_itl", "llm_e2e_latency"]) {
      shown[`${name}{${cohort}}`] = [SHOWN.trend];
    }
    for (const name of ["llm_requests", "llm_requests_started", "llm_output_tokens"]) {
      shown[`${name}{${cohort}}`] = [SHOWN.counter];
    }
    shown[`llm_good{${cohort}}`] = [SHOWN.rate];
  }
  for (const outcome of RECORDED_OUTCOMES) {
    shown[`llm_requests{${STEADY},outcome:${outcome}}`] = [SHOWN.counter];
  }
  shown[`llm_heartbeat_oversleep{${STEADY}}`] = [SHOWN.trend];
  if (plan.kind === "open") {
    for (const name of FROM_SCHEDULE) shown[`${name}{${STEADY}}`] = [SHOWN.trend];
  }
  return shown;
}

/** Both, the SLA's first where they name the same submetric. */
export function mergeThresholds(first: K6Thresholds, second: K6Thresholds): K6Thresholds {
  const merged: K6Thresholds = { ...first };
  for (const [name, list] of Object.entries(second)) {
    merged[name] = merged[name] ?? list;
  }
  return merged;
}
