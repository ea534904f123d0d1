import { Counter, Rate, Trend } from "k6/metrics";
import { type LoadPlan, type PhaseWindow, windowAt } from "../core/load-plan.ts";
import { type RequestMetrics, scheduleLag } from "../core/request-metrics.ts";
import type { RequestRecord } from "../core/request-record.ts";

/** Tags of the cohort that a request belongs to: the phase and level in which it was sent. */
type CohortTags = { readonly phase: string; readonly level?: string; readonly stream?: string };

/** The metrics of docs/metrics.md; one sample a request, since a Trend keeps every sample in memory. */
const counters = {
  requests: new Counter("llm_requests"),
  started: new Counter("llm_requests_started"),
  retries: new Counter("llm_retries"),
  promptTokens: new Counter("llm_prompt_tokens"),
  outputTokens: new Counter("llm_output_tokens"),
};
const rates = { good: new Rate("llm_good"), success: new Rate("llm_success") };
const heartbeatOversleep = new Trend("llm_heartbeat_oversleep", true);
const backoff = new Trend("llm_backoff", true);
const lag = new Trend("llm_schedule_lag", true);
const clientLag = new Trend("llm_client_lag", true);
const trends: Readonly<Record<keyof RequestMetrics, Trend>> = {
  ttftMs: new Trend("llm_ttft", true),
  firstEventLatencyMs: new Trend("llm_ttft_any_event", true),
  ttfoMs: new Trend("llm_ttfo", true),
  timeToHeadersMs: new Trend("llm_time_to_headers", true),
  itlMs: new Trend("llm_itl", true),
  iclP99Ms: new Trend("llm_icl_p99", true),
  iclMaxMs: new Trend("llm_icl_max", true),
  e2eMs: new Trend("llm_e2e_latency", true),
  normalizedLatencyMs: new Trend("llm_normalized_latency", true),
  outputTokensPerSecond: new Trend("llm_output_tokens_per_second"),
  ttftFromScheduleMs: new Trend("llm_ttft_from_schedule", true),
  e2eFromScheduleMs: new Trend("llm_e2e_from_schedule", true),
};
const TREND_KEYS = Object.keys(trends) as readonly (keyof RequestMetrics)[];

/** Tags of what is sent, or happens, at that moment of scenario time. */
export function cohortTags(plan: LoadPlan, atMs: number, stream: string | null = null): CohortTags {
  return tagsOf({ ...windowAt(plan, atMs), stream });
}

function tagsOf({
  phase,
  level,
  stream,
}: Pick<PhaseWindow, "phase" | "level"> & Pick<RequestRecord, "stream">): CohortTags {
  return {
    phase,
    ...(level !== null && { level: String(level) }),
    ...(stream !== null && { stream }),
  };
}

/** Counted before the stream is opened: what starts and is never recorded was interrupted by the end of the run. */
export function countStarted(tags: CohortTags): void {
  counters.started.add(1, tags);
}

/** Adds a request that is over; `metrics` only of one that completed. */
export function countRequest(record: RequestRecord, metrics: RequestMetrics | undefined): void {
  const tags = tagsOf(record);
  counters.requests.add(1, { ...tags, outcome: record.outcome });
  rates.success.add(record.outcome === "completed", tags);
  rates.good.add(record.good, tags);
  if (record.attempt > 1) counters.retries.add(1, tags);
  const late = scheduleLag(record);
  if (late !== undefined) {
    lag.add(late.lagMs, tags);
    clientLag.add(late.clientLagMs, tags);
  }
  if (metrics === undefined) return;
  for (const key of TREND_KEYS) {
    const value = metrics[key];
    if (value !== undefined) trends[key].add(value, tags);
  }
  const promptTokens = record.usage?.promptTokens ?? null;
  if (promptTokens !== null) {
    counters.promptTokens.add(promptTokens, { ...tags, source: "usage" });
  }
  if (record.outputTokens !== null && record.tokenSource !== null) {
    counters.outputTokens.add(record.outputTokens, { ...tags, source: record.tokenSource });
  }
}

/** How much later than asked the client woke up: the figure that tells a busy client from a slow server. */
export function addHeartbeat(oversleepMs: number, tags: CohortTags): void {
  heartbeatOversleep.add(oversleepMs, tags);
}

/** The pause of a user after a failure. */
export function addBackoff(pauseMs: number, tags: CohortTags): void {
  backoff.add(pauseMs, tags);
}
