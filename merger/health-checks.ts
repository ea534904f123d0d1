import {
  boundInWords,
  HEALTH_LIMITS,
  type HealthFigures,
  type HealthLimit,
  keepsLimit,
} from "../lib/core/health.ts";
import type { TradeoffReport } from "../records/report.ts";
import { percent, significant } from "./format.ts";
import { scheduleFigures } from "./measure-schedule.ts";
import type { LoadedRun } from "./read-runs.ts";

export type Check = TradeoffReport["health"]["checks"][number];

interface Named {
  readonly name: string;
  readonly unit: "ms" | "share" | "requests";
  /** Why a run may not have it. */
  readonly absent: string;
  /** Whether a closed loop has it too. */
  readonly always: boolean;
}

const IN_MS = { unit: "ms", absent: "nothing was scheduled", always: false } as const;

const NAMES: Readonly<Record<keyof HealthFigures, Named>> = {
  oversleepP99Ms: {
    name: "client's oversleep, p99",
    unit: "ms",
    absent: "the runs left no summary",
    always: true,
  },
  interruptedShare: {
    name: "requests cut by the end of the run",
    unit: "share",
    absent: "not counted",
    always: true,
  },
  clientLagMedianMs: { name: "client's own schedule lag, median", ...IN_MS },
  clientLagP99Ms: { name: "client's own schedule lag, p99", ...IN_MS },
  unsent: {
    name: "requests never sent",
    unit: "requests",
    absent: "nothing was scheduled",
    always: false,
  },
  lagMedianMs: { name: "schedule lag, median", ...IN_MS },
  lagP99Ms: { name: "schedule lag, p99", ...IN_MS },
};

/** What is known of a run's health in its steady phase. Who stops a run cuts its requests: that says nothing of the client. */
export function healthFigures(run: LoadedRun): HealthFigures {
  const steady = run.records.filter(({ phase }) => phase === "steady");
  return {
    oversleepP99Ms: run.heartbeatP99Ms,
    interruptedShare: run.file?.state === "interrupted" ? null : interruptedShare(run),
    ...scheduleFigures(run.plan.kind, steady),
  };
}

function interruptedShare({ file }: LoadedRun): number | null {
  const { health, counts } = file ?? {};
  const ofSteady = health?.figures["interruptedShare"];
  if (ofSteady !== undefined) return ofSteady;
  return counts == null || counts.started === 0 ? null : counts.interrupted / counts.started;
}

/** Of each figure the worst of all runs: one bad run is a bad report. */
export function worstFigures(figures: readonly HealthFigures[]): HealthFigures {
  const worst = (figure: keyof HealthFigures) => {
    const known = figures.flatMap((of) => of[figure] ?? []);
    return known.length === 0 ? null : Math.max(...known);
  };
  return {
    oversleepP99Ms: worst("oversleepP99Ms"),
    interruptedShare: worst("interruptedShare"),
    clientLagMedianMs: worst("clientLagMedianMs"),
    clientLagP99Ms: worst("clientLagP99Ms"),
    unsent: worst("unsent"),
    lagMedianMs: worst("lagMedianMs"),
    lagP99Ms: worst("lagP99Ms"),
  };
}

/** A line for each limit; a closed loop has no schedule to be late for, and one line says so. */
export function healthChecks(runs: readonly LoadedRun[]): Check[] {
  const figures = runs.map(healthFigures);
  const scheduled = runs.some((run) => run.plan.kind === "open");
  const limits = HEALTH_LIMITS.filter(({ figure }) => NAMES[figure].always || scheduled);
  const checks = limits.map((limit) => checkOf(limit, figures, countsOf(limit.figure, runs)));
  return scheduled ? checks : [...checks, NO_SCHEDULE];
}

const NO_SCHEDULE: Check = {
  name: "schedule lag",
  figure: "not checked: a closed loop has no schedule",
  limit: "–",
  state: "not checked",
};

/** What a figure is called in the checks. */
export function checkName(figure: keyof HealthFigures): string {
  return NAMES[figure].name;
}

/** The check of one limit, over all runs. */
function checkOf(
  healthLimit: HealthLimit,
  figures: readonly HealthFigures[],
  counts: string,
): Check {
  const { figure } = healthLimit;
  const { name, unit, absent } = NAMES[figure];
  const limit = `${boundInWords(healthLimit)} ${inUnit(healthLimit.limit, unit)}`;
  const worst = worstFigures(figures)[figure];
  if (worst === null) {
    return { name, limit, figure: `not checked: ${absent}`, state: "not checked" };
  }
  const unchecked = figures.filter((of) => of[figure] === null).length;
  const others = unchecked > 0 ? `, ${unchecked} of ${figures.length} runs not checked` : "";
  return {
    name,
    limit,
    figure: `${inUnit(worst, unit)}${figures.length > 1 ? " at worst" : ""}${counts}${others}`,
    state: keepsLimit(healthLimit, worst) ? "good" : "bad",
  };
}

/** How many requests a share is of, all runs together. */
function countsOf(figure: keyof HealthFigures, runs: readonly LoadedRun[]): string {
  if (figure !== "interruptedShare") return "";
  const counts = runs.flatMap(({ file }) => file?.counts ?? []);
  const interrupted = counts.reduce((sum, count) => sum + count.interrupted, 0);
  const started = counts.reduce((sum, count) => sum + count.started, 0);
  return started === 0
    ? ""
    : `, ${interrupted} of ${started.toLocaleString("en")}${runs.length > 1 ? " in all" : ""}`;
}

function inUnit(value: number, unit: Named["unit"]): string {
  if (unit === "share") return percent(value);
  return unit === "ms" ? `${significant(value)} ms` : value.toLocaleString("en");
}
