import { quantile } from "./quantile.ts";
import type { RequestRecord } from "./request-record.ts";

/**
 * The numbers of one completed request, by the definitions of docs/metrics.md. The k6 script adds these to its
 * Trends and the merger computes them again from the record with this same function, so both give the same percentile.
 */
export interface RequestMetrics {
  readonly ttftMs: number;
  readonly firstEventLatencyMs: number;
  /** Time to first visible (non-reasoning) output; absent where nothing visible came. */
  readonly ttfoMs: number | undefined;
  readonly timeToHeadersMs: number | undefined;
  /** Mean inter-token latency; absent for fewer than two tokens, and where all came at once: there is nothing between. */
  readonly itlMs: number | undefined;
  readonly iclP99Ms: number | undefined;
  readonly iclMaxMs: number | undefined;
  readonly e2eMs: number;
  /** E2E per output token (GuideLLM calls this TPOT). */
  readonly normalizedLatencyMs: number | undefined;
  /** 1000 / ITL: what one user sees. */
  readonly outputTokensPerSecond: number | undefined;
  /** TTFT and E2E counted from when the arrival process wanted the request; absent in a closed loop, which has no schedule. */
  readonly ttftFromScheduleMs: number | undefined;
  readonly e2eFromScheduleMs: number | undefined;
}

type Timed = Pick<
  RequestRecord,
  | "scheduledMs"
  | "readyMs"
  | "sentMs"
  | "headersMs"
  | "firstEventMs"
  | "firstContentMs"
  | "firstVisibleMs"
  | "lastContentMs"
  | "gapsUs"
  | "outputTokens"
>;

/** Metrics of a request that had content; `undefined` for one that had none. */
export function requestMetrics(record: Timed): RequestMetrics | undefined {
  const { sentMs, firstContentMs, lastContentMs, outputTokens } = record;
  if (firstContentMs === null || lastContentMs === null) return undefined;
  const e2eMs = lastContentMs - sentMs;
  const itlMs =
    outputTokens === null || outputTokens < 2 || record.gapsUs.length === 0
      ? undefined
      : (lastContentMs - firstContentMs) / (outputTokens - 1);
  return {
    ttftMs: firstContentMs - sentMs,
    firstEventLatencyMs: (record.firstEventMs ?? firstContentMs) - sentMs,
    ttfoMs: record.firstVisibleMs === null ? undefined : record.firstVisibleMs - sentMs,
    timeToHeadersMs: record.headersMs === null ? undefined : record.headersMs - sentMs,
    itlMs,
    ...gapTails(record.gapsUs),
    e2eMs,
    normalizedLatencyMs:
      outputTokens === null || outputTokens < 1 ? undefined : e2eMs / outputTokens,
    outputTokensPerSecond: itlMs === undefined || itlMs <= 0 ? undefined : 1000 / itlMs,
    ttftFromScheduleMs: record.readyMs === null ? undefined : firstContentMs - record.scheduledMs,
    e2eFromScheduleMs: record.readyMs === null ? undefined : lastContentMs - record.scheduledMs,
  };
}

/** How late a request of an open loop was sent, milliseconds. */
export interface ScheduleLag {
  /** Sent - scheduled, for whatever reason. */
  readonly lagMs: number;
  /** The part of it in which a user was free for the request: how late the client itself was. */
  readonly clientLagMs: number;
}

/** `undefined` in a closed loop, which has no schedule, and for a request that was never sent. */
export function scheduleLag(
  record: Pick<RequestRecord, "scheduledMs" | "readyMs" | "sentMs" | "outcome">,
): ScheduleLag | undefined {
  const { scheduledMs, readyMs, sentMs, outcome } = record;
  if (readyMs === null || outcome === "unsent") return undefined;
  return { lagMs: sentMs - scheduledMs, clientLagMs: sentMs - Math.max(scheduledMs, readyMs) };
}

function gapTails(gapsUs: readonly number[]): Pick<RequestMetrics, "iclP99Ms" | "iclMaxMs"> {
  if (gapsUs.length === 0) return { iclP99Ms: undefined, iclMaxMs: undefined };
  // Copied by `set`: k6 fills a typed array from a list a hundred times slower.
  const sorted = new Float64Array(gapsUs.length);
  sorted.set(gapsUs);
  sorted.sort();
  return { iclP99Ms: quantile(sorted, 0.99) / 1000, iclMaxMs: quantile(sorted, 1) / 1000 };
}
