// @transient
import type { HealthFigures } from "./health.ts";

/** The part of k6's summary data that health is read from: metrics and submetrics by name. */
export type SummaryMetrics = Readonly<
  Record<string, { readonly values: Readonly<Record<string, number>> } | undefined>
>;

/** What the summary of a run says about the health of its steady phase. */
export function summaryHealthFigures(metrics: SummaryMetrics): HealthFigures {
  const counted = (name: string) => metrics[name]?.values["count"] ?? null;
  const trend = (name: string, statistic: string) => {
    const submetric = `${name}{phase:steady}`;
    // k6 says 0 for the percentiles of no samples.
    return counted(submetric) ? (metrics[submetric]?.values[statistic] ?? null) : null;
  };
  const started = counted("llm_requests_started{phase:steady}");
  const ended = counted("llm_requests{phase:steady}");
  const unsent = counted("llm_requests{phase:steady,outcome:unsent}");
  return {
    oversleepP99Ms: trend("llm_heartbeat_oversleep", "p(99)"),
    clientLagMedianMs: trend("llm_client_lag", "med"),
    clientLagP99Ms: trend("llm_client_lag", "p(99)"),
    interruptedShare: started
      ? Math.max(0, started - (ended ?? 0) + (unsent ?? 0)) / started
      : null,
    unsent,
    lagMedianMs: trend("llm_schedule_lag", "med"),
    lagP99Ms: trend("llm_schedule_lag", "p(99)"),
  };
}
