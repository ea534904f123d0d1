import { type RequestMetrics, requestMetrics } from "../lib/core/request-metrics.ts";
import type { RequestRecord } from "../lib/core/request-record.ts";

/** The metrics of a completed request; no other enters latencies. */
export function completedMetrics(record: RequestRecord): RequestMetrics | undefined {
  return record.outcome === "completed" ? requestMetrics(record) : undefined;
}
