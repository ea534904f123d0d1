import {
  boundInWords,
  type HealthFigures,
  type HealthLimit,
  healthLimits,
  keepsLimit,
} from "../lib/core/health.ts";
import type { TradeoffReport } from "../records/report.ts";
import { percent, significant } from "./format.ts";
import { scheduleFigures } from "./measure-schedule.ts";
import type { LoadedRun } from "./read-runs.ts";

export type Check = TradeoffReport["health"]["checks"][number];

/** Figures of an open loop alone. */
const SCHEDULED: ReadonlySet<keyof HealthFigures> = new Set([
  "clientLagMedianMs",
  "clientLagP99Ms",
  "unsent",
  "lagMedianMs",
  "lagP99Ms",
]);

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
  const limits = healthLimits().filter(({ figure }) => scheduled || !SCHEDULED.has(figure));
  const checks = limits.map((limit) => checkOf(limit, figures, countsOf(limit.figure, runs)));
  return scheduled ? checks : [...checks, NO_SCHEDULE];
}

const NO_SCHEDULE: Check = {
  name: "schedule lag",
  figure: "not checked: a closed loop has no schedule",
  limit: "–",
  state: "not checked",
};

/** The check of one limit, over all runs. */
function checkOf(
  healthLimit: HealthLimit,
  figures: readonly HealthFigures[],
  counts: string,
): Check {
  const { figure, name, unit } = healthLimit;
  const limit = `${boundInWords(healthLimit)} ${inUnit(healthLimit.limit, unit)}`;
  const worst = worstFigures(figures)[figure];
  if (worst === null) {
    return { name, limit, figure: `not checked: ${whyAbsent(figure)}`, state: "not checked" };
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

function whyAbsent(figure: keyof HealthFigures): string {
  if (SCHEDULED.has(figure)) return "nothing was scheduled";
  return figure === "oversleepP99Ms" ? "the runs left no summary" : "not counted";
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

function inUnit(value: number, unit: HealthLimit["unit"]): string {
  if (unit === "share") return percent(value);
  return unit === "ms" ? `${significant(value)} ms` : value.toLocaleString("en");
}
