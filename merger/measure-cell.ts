import type { Clusters } from "../lib/core/bootstrap.ts";
import { clusteredMean } from "../lib/core/bootstrap.ts";
import { quantile, sortedCopy } from "../lib/core/quantile.ts";
import { quantileInterval } from "../lib/core/quantile-interval.ts";
import { type RequestMetrics, scheduleLag } from "../lib/core/request-metrics.ts";
import type { RequestRecord } from "../lib/core/request-record.ts";
import { shareInterval } from "../lib/core/share-interval.ts";
import { meetsSlo, type Slo } from "../lib/core/slo.ts";
import type { ReportCell } from "../records/report.ts";
import { offeredPerSecond, scheduleFigures, whySaturated } from "./measure-schedule.ts";
import type { LoadedRun } from "./read-runs.ts";
import { completedMetrics } from "./request-figures.ts";
import { tallyLevel } from "./tally-windows.ts";

/** What a cell of the report is computed from, kept for the tests between cells. */
export interface MeasuredCell {
  readonly figures: Omit<ReportCell, "holds" | "whyNot" | "costPerMillionTokens">;
  /** Output tokens per second in blocks of time, a cluster a repeat. */
  readonly tokenRates: Clusters;
  /** Share of the cohort that would be good with every limit multiplied by a factor. */
  readonly goodRateWith: (factor: number) => number | null;
  /** TTFTs, ascending, of the requests that keep all other limits: what a TTFT limit would let through. */
  readonly otherwiseGoodTtfts: Float64Array;
}

interface Judged {
  readonly slo: Slo;
  readonly metrics: RequestMetrics;
}

/** Measures one variant at one level over all its runs that have it, which are all closed loops or all open ones. */
export function measureCell(
  variant: string,
  level: number | null,
  runs: readonly LoadedRun[],
): MeasuredCell {
  const tallies = runs.map((run) => tallyLevel(run, level));
  const cohort = runs.flatMap((run) => cohortOf(run, level));
  const completed = cohort.filter((record) => record.outcome === "completed");
  const judged = runs.flatMap((run) => judgedOf(run, level));
  const metrics = judged.map((request) => request.metrics);
  const seconds = sum(tallies, (tally) => tally.windowMs) / 1000;
  const perSecond = (total: number) => (seconds > 0 ? total / seconds : 0);
  const loop = runs[0]?.plan.kind ?? "closed";
  const schedule = scheduleFigures(loop, cohort);
  const tokenRates = tallies.map((tally) => tally.tokenRates);
  return {
    figures: {
      variant,
      loop,
      level,
      repeats: runs.length,
      requests: cohort.length,
      completed: completed.length,
      failed: cohort.length - completed.length,
      unsent: schedule.unsent,
      offeredPerSecond: loop === "open" ? offeredPerSecond(runs, level) : null,
      saturated: whySaturated(schedule),
      ttftMs: percentilesOf(metrics, (m) => m.ttftMs),
      itlMs: percentilesOf(metrics, (m) => m.itlMs),
      e2eMs: percentilesOf(metrics, (m) => m.e2eMs),
      ttftFromScheduleMs: percentilesOf(metrics, (m) => m.ttftFromScheduleMs),
      e2eFromScheduleMs: percentilesOf(metrics, (m) => m.e2eFromScheduleMs),
      scheduleLagMs: percentiles(cohort.flatMap((record) => scheduleLag(record)?.lagMs ?? [])),
      iclMs: percentiles(completed.flatMap((record) => record.gapsUs.map((us) => us / 1000))),
      adjustedTtftP95: adjustedQuantile(
        metrics.map((m) => m.ttftMs),
        cohort.length - completed.length,
        0.95,
      ),
      outputTokensPerSecond: clusteredMean(tokenRates) ?? null,
      requestsPerSecond: perSecond(sum(tallies, (tally) => tally.completions)),
      goodRequestsPerSecond: perSecond(sum(tallies, (tally) => tally.goodCompletions)),
      goodTokensPerSecond: perSecond(sum(tallies, (tally) => tally.goodTokens)),
      goodRate: shareInterval(cohort.filter(({ good }) => good).length, cohort.length) ?? null,
      concurrency: sum(tallies, (t) => t.concurrency * t.windowMs) / (seconds * 1000 || 1),
    },
    tokenRates,
    goodRateWith: (factor) =>
      cohort.length === 0
        ? null
        : judged.filter((request) => meetsSlo(scaled(request.slo, factor), request.metrics))
            .length / cohort.length,
    otherwiseGoodTtfts: sortedCopy(
      judged
        .filter(({ slo: { ttftMs: _, ...others }, metrics: m }) => meetsSlo(others, m))
        .map((request) => request.metrics.ttftMs),
    ),
  };
}

function judgedOf(run: LoadedRun, level: number | null): Judged[] {
  return cohortOf(run, level).flatMap((record) => {
    const metrics = completedMetrics(record);
    return metrics === undefined ? [] : [{ slo: run.slo, metrics }];
  });
}

function scaled({ ttftMs, itlMs, e2eMs }: Slo, factor: number): Slo {
  return {
    ...(ttftMs !== undefined && { ttftMs: ttftMs * factor }),
    ...(itlMs !== undefined && { itlMs: itlMs * factor }),
    ...(e2eMs !== undefined && { e2eMs: e2eMs * factor }),
  };
}

/** Requests sent in the steady windows of a level, followed to their ends. */
export function cohortOf(run: LoadedRun, level: number | null): RequestRecord[] {
  return run.records.filter((record) => record.phase === "steady" && record.level === level);
}

/**
 * A percentile with failures counted as slower than everything, by rank: no arithmetic on infinity.
 *
 * @returns "beyond failures" where one of the neighbours that have weight is a failure; `null` without requests
 */
export function adjustedQuantile(
  values: readonly number[],
  failures: number,
  q: number,
): number | "beyond failures" | null {
  const total = values.length + failures;
  if (total === 0) return null;
  const position = q * (total - 1);
  if (Math.ceil(position) >= values.length) return "beyond failures";
  const sorted = sortedCopy(values);
  return quantile(sorted, values.length === 1 ? 0 : position / (values.length - 1));
}

/** Percentiles of one metric over the requests that have it. */
export function percentilesOf(
  metrics: readonly RequestMetrics[],
  pick: (metrics: RequestMetrics) => number | undefined,
): ReportCell["ttftMs"] {
  return percentiles(metrics.flatMap((m) => pick(m) ?? []));
}

function percentiles(values: readonly number[]): ReportCell["ttftMs"] {
  const sorted = sortedCopy(values);
  return {
    p50: quantileInterval(sorted, 0.5) ?? null,
    p95: quantileInterval(sorted, 0.95) ?? null,
    p99: quantileInterval(sorted, 0.99) ?? null,
  };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
