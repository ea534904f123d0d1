import type { RequestMetrics } from "./request-metrics.ts";

/** Limits for a single request; a request that completes within all that are given is *good*. Milliseconds. */
export interface Slo {
  readonly ttftMs?: number;
  /** Mean inter-token latency of the request; vLLM's and MLPerf's TPOT is the same number. */
  readonly itlMs?: number;
  readonly e2eMs?: number;
}

/**
 * Whether a completed request kept every limit. One of fewer than two tokens has no ITL and is judged on the others.
 */
export function meetsSlo(slo: Slo, metrics: RequestMetrics): boolean {
  return (
    within(metrics.ttftMs, slo.ttftMs) &&
    within(metrics.itlMs, slo.itlMs) &&
    within(metrics.e2eMs, slo.e2eMs)
  );
}

function within(value: number | undefined, limit: number | undefined): boolean {
  return value === undefined || limit === undefined || value <= limit;
}
