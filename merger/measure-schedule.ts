import { brokenLimit, type HealthFigures } from "../lib/core/health.ts";
import type { PhaseWindow } from "../lib/core/load-plan.ts";
import { quantile, sortedCopy } from "../lib/core/quantile.ts";
import { scheduleLag } from "../lib/core/request-metrics.ts";
import type { RequestRecord } from "../lib/core/request-record.ts";
import { significant } from "./format.ts";
import type { LoadedRun } from "./read-runs.ts";

/** The part of a run's health that its records tell: how late its requests were sent, and which were not. */
export type ScheduleFigures = Pick<
  HealthFigures,
  "clientLagMedianMs" | "clientLagP99Ms" | "lagMedianMs" | "lagP99Ms" | "unsent"
>;

/** Requests of an open loop against its schedule; all absent in a closed loop, which has none. */
export function scheduleFigures(
  loop: LoadedRun["plan"]["kind"],
  records: readonly RequestRecord[],
): ScheduleFigures {
  const lags = records.flatMap((record) => scheduleLag(record) ?? []);
  const at = (values: readonly number[], q: number) =>
    values.length === 0 ? null : quantile(sortedCopy(values), q);
  const own = lags.map(({ clientLagMs }) => clientLagMs);
  const all = lags.map(({ lagMs }) => lagMs);
  return {
    clientLagMedianMs: at(own, 0.5),
    clientLagP99Ms: at(own, 0.99),
    lagMedianMs: at(all, 0.5),
    lagP99Ms: at(all, 0.99),
    unsent: loop === "open" ? records.filter(({ outcome }) => outcome === "unsent").length : null,
  };
}

/** Why an offered rate was not held, in words; `null` where it was, or nothing was offered. */
export function whySaturated(figures: ScheduleFigures): string | null {
  const broken = brokenLimit({
    oversleepP99Ms: null,
    interruptedShare: null,
    ...figures,
    clientLagMedianMs: null,
    clientLagP99Ms: null,
  });
  if (broken === undefined) return null;
  const { unsent, lagP99Ms } = figures;
  return unsent !== null && unsent > 0
    ? `the rate is not held: ${unsent === 1 ? "1 request was" : `${unsent} requests were`} never sent`
    : `the rate is not held: requests were sent up to ${significant(lagP99Ms ?? 0)} ms late (p99)`;
}

/** Requests a second that the schedules of the level's steady windows hold; `null` in a closed loop. */
export function offeredPerSecond(runs: readonly LoadedRun[], level: number | null): number | null {
  const windows: PhaseWindow[] = runs.flatMap(({ plan }) =>
    plan.windows.filter((window) => window.phase === "steady" && window.level === level),
  );
  const arrivals = windows.flatMap((window) => window.arrivals ?? []);
  if (arrivals.length < windows.length || arrivals.length === 0) return null;
  const ms = windows.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  return (arrivals.reduce((sum, count) => sum + count, 0) * 1000) / ms;
}
