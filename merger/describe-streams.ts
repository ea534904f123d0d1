import { shareInterval } from "../lib/core/share-interval.ts";
import type { TradeoffReport } from "../records/report.ts";
import { byLoad, type Load } from "./load-in-words.ts";
import { cohortOf, percentilesOf } from "./measure-cell.ts";
import type { LoadedRun } from "./read-runs.ts";
import { completedMetrics } from "./request-figures.ts";

/** Of a mix of several streams: what the requests of each met, which the figures of all together hide. */
export function describeStreams(
  variants: ReadonlyMap<string, readonly LoadedRun[]>,
): TradeoffReport["streams"] {
  return [...variants].flatMap(([variant, runs]) =>
    loadsOf(runs).flatMap((load) => {
      const cohort = runs
        .filter((run) => run.plan.kind === load.loop)
        .flatMap((run) => cohortOf(run, load.level));
      const streams = new Set(cohort.flatMap((record) => record.stream ?? []));
      return [...streams].sort().map((stream) => {
        const own = cohort.filter((record) => record.stream === stream);
        const metrics = own.flatMap((record) => completedMetrics(record) ?? []);
        const good = own.filter((record) => record.good).length;
        return {
          variant,
          ...load,
          stream,
          requests: own.length,
          failed: own.filter(({ outcome }) => outcome !== "completed").length,
          goodRate: shareInterval(good, own.length) ?? null,
          ttftMs: percentilesOf(metrics, (m) => m.ttftMs),
          itlMs: percentilesOf(metrics, (m) => m.itlMs),
          e2eMs: percentilesOf(metrics, (m) => m.e2eMs),
        };
      });
    }),
  );
}

/** The loads at which a variant was measured, without repeats. */
export function loadsOf(runs: readonly LoadedRun[]): Load[] {
  const loads = new Map<string, Load>();
  for (const { plan } of runs) {
    for (const { phase, level } of plan.windows) {
      if (phase === "steady") loads.set(`${plan.kind} ${level}`, { loop: plan.kind, level });
    }
  }
  return [...loads.values()].sort(byLoad);
}
