import type { Interval } from "../../lib/core/interval.ts";
import type { LatencyName } from "../../lib/core/latency-names.ts";
import { quantile, sortedCopy } from "../../lib/core/quantile.ts";
import { binomialQuantile, quantileInterval } from "../../lib/core/quantile-interval.ts";
import type { RequestMetrics } from "../../lib/core/request-metrics.ts";
import { shareInterval } from "../../lib/core/share-interval.ts";
import type { Sla } from "../../lib/core/sla.ts";
import type { GateCheck } from "../../records/gate.ts";

/** The steady requests of a cell, as one service level sees them. */
export interface JudgedCohort {
  /** Sent. */
  readonly requests: number;
  /** Of those, completed and within every limit of the service level. */
  readonly good: number;
  /** Of those that completed. */
  readonly completed: readonly RequestMetrics[];
}

/** Too few samples show no percentile, but a breach all the same where chance would bring this many bad ones 1 time in 100. */
const SURE = 0.99;

/**
 * Judges a cohort by a service level: its floors first (a dead server must not pass), then its limits. The figures are those of
 * k6's thresholds. What can't be measured never passes.
 */
export function judgeSla(cohort: JudgedCohort, sla: Sla): GateCheck[] {
  return [
    requestsCheck(cohort, sla),
    shareCheck("success", cohort.completed.length, cohort.requests, sla.minSuccessRate, sla),
    ...(sla.goodRateMin === null
      ? []
      : [shareCheck("good rate", cohort.good, cohort.requests, sla.goodRateMin, sla)]),
    ...sla.latency.map((limit) => latencyCheck(cohort, limit, sla)),
  ];
}

function requestsCheck({ requests, completed }: JudgedCohort, sla: Sla): GateCheck {
  const check = {
    name: "completed requests",
    unit: "requests",
    figure: completed.length,
    interval: null,
    limit: sla.minRequests,
    bound: "at least",
    n: requests,
  } as const;
  if (completed.length >= sla.minRequests) return { ...check, verdict: "pass", reason: null };
  if (requests >= sla.minRequests) {
    return { ...check, verdict: "breach", reason: "enough were sent, too few completed" };
  }
  return { ...check, verdict: "not measurable", reason: `only ${requests} were sent` };
}

function shareCheck(
  name: string,
  successes: number,
  of: number,
  limit: number,
  sla: Sla,
): GateCheck {
  const share = shareInterval(successes, of);
  const check = { name, unit: "share", limit, bound: "at least", n: of } as const;
  if (share !== undefined && of >= sla.minRequests) {
    const verdict = share.value >= limit ? "pass" : "breach";
    return { ...check, figure: share.value, interval: share, verdict, reason: null };
  }
  return withoutFigure(check, of - successes, 1 - limit, `${sla.minRequests} requests`);
}

const LATENCY: Readonly<
  Record<LatencyName, readonly [string, (metrics: RequestMetrics) => number | undefined]>
> = {
  ttft: ["TTFT", (metrics) => metrics.ttftMs],
  itl: ["ITL", (metrics) => metrics.itlMs],
  e2e: ["E2E", (metrics) => metrics.e2eMs],
  ttftFromSchedule: ["TTFT from schedule", (metrics) => metrics.ttftFromScheduleMs],
  e2eFromSchedule: ["E2E from schedule", (metrics) => metrics.e2eFromScheduleMs],
};

function latencyCheck(
  { completed }: JudgedCohort,
  { metric, statistic, atMostMs }: Sla["latency"][number],
  sla: Sla,
): GateCheck {
  const [name, pick] = LATENCY[metric];
  const values = sortedCopy(completed.flatMap((metrics) => pick(metrics) ?? []));
  const q = quantileOf(statistic);
  const check = {
    name: `${name} ${shortName(statistic)}`,
    unit: "ms",
    limit: atMostMs,
    bound: "at most",
    n: values.length,
  } as const;
  const measured =
    q === undefined ? wholeFigure(statistic, values, sla) : quantileFigure(values, q);
  if (measured !== null) {
    const verdict = measured.figure <= atMostMs ? "pass" : "breach";
    return { ...check, ...measured, verdict, reason: null };
  }
  const above = values.filter((value) => value > atMostMs).length;
  if (q === undefined) return withoutFigure(check, 0, 1, `${sla.minRequests} requests`);
  return withoutFigure(check, above, 1 - q, `${leastFor(q)} requests`);
}

type Figure = Pick<GateCheck, "interval"> & { readonly figure: number };

/** `null` where fewer than five samples lie beyond the percentile (docs/metrics.md). */
function quantileFigure(sorted: Float64Array, q: number): Figure | null {
  const interval: Interval | undefined = quantileInterval(sorted, q);
  return interval === undefined ? null : { figure: interval.value, interval };
}

/** Mean and maximum have no interval of their own here: a mean of latencies hides what a percentile shows. */
function wholeFigure(statistic: string, sorted: Float64Array, sla: Sla): Figure | null {
  if (sorted.length < sla.minRequests) return null;
  const figure =
    statistic === "max"
      ? quantile(sorted, 1)
      : sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { figure, interval: null };
}

type Unjudged = Omit<GateCheck, "figure" | "interval" | "verdict" | "reason">;

/** A check of too few samples: breached where so many bad ones can't be chance, else nothing is known. */
function withoutFigure(check: Unjudged, bad: number, allowed: number, needed: string): GateCheck {
  const unlikely = check.n > 0 && allowed < 1 && bad > binomialQuantile(check.n, allowed, SURE);
  return {
    ...check,
    figure: null,
    interval: null,
    verdict: unlikely ? "breach" : "not measurable",
    reason: unlikely
      ? `${bad} of only ${check.n} are beyond the limit: no chance`
      : `${check.n === 0 ? "no" : `only ${check.n}`} samples, ${needed} needed`,
  };
}

function leastFor(q: number): number {
  return Math.ceil(5 / (1 - q) - 1e-6);
}

/** `p(95)` is 0.95; the mean and the maximum are no quantiles with an interval. */
function quantileOf(statistic: string): number | undefined {
  if (statistic === "med") return 0.5;
  const percentile = /^p\((.+)\)$/.exec(statistic)?.[1];
  return percentile === undefined ? undefined : Number(percentile) / 100;
}

function shortName(statistic: string): string {
  return statistic.replace(/^p\((.+)\)$/, "p$1").replace("med", "p50");
}
