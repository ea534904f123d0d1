import { quantile, sortedCopy } from "../../lib/core/quantile.ts";
import { quantileInterval } from "../../lib/core/quantile-interval.ts";
import type { RequestMetrics } from "../../lib/core/request-metrics.ts";
import type { GateComparison } from "../../records/gate.ts";
import type { Estimate } from "./estimate.ts";
import type { CellRun } from "./gate-cells.ts";
import { estimateLogMean, estimateShare } from "./mean-estimate.ts";
import { estimateLogQuantile } from "./quantile-estimate.ts";

/** A metric on one side of a comparison. */
export type Measured =
  | {
      readonly kind: "measured";
      readonly figure: number;
      readonly n: number;
      readonly of: Estimate;
    }
  /** Some samples, but too few. */
  | { readonly kind: "too few"; readonly n: number; readonly needed: string }
  /** Nothing to measure it from: no ITL where answers have one token. */
  | { readonly kind: "absent" };

/** What is compared with a baseline. */
export interface GateMetric {
  /** Its name on the command line. */
  readonly key: string;
  readonly name: string;
  readonly unit: GateComparison["unit"];
  readonly worse: GateComparison["worse"];
  /** `ratio`: the estimate is a logarithm and the change a share of the baseline; `difference`: both are plain. */
  readonly scale: "ratio" | "difference";
  readonly measure: (runs: readonly CellRun[]) => Measured;
}

/** Fewer blocks of half a second than this show nothing of how a rate varies. */
const LEAST_BLOCKS = 8;
const LEAST_REQUESTS = 20;

export const GATE_METRICS: readonly GateMetric[] = [
  ...latencyMetrics("ttft", "TTFT", ({ ttftMs }) => ttftMs),
  ...latencyMetrics("itl", "ITL", ({ itlMs }) => itlMs),
  ...latencyMetrics("e2e", "E2E", ({ e2eMs }) => e2eMs),
  {
    key: "tokens",
    name: "output speed",
    unit: "tok/s",
    worse: "less",
    scale: "ratio",
    measure: measureSpeed,
  },
  {
    key: "goodRate",
    name: "good rate",
    unit: "share",
    worse: "less",
    scale: "difference",
    measure: measureGoodRate,
  },
];

/** Quality is compared token by token, not from two figures. */
export const PERPLEXITY = { key: "perplexity", name: "perplexity" } as const;

function latencyMetrics(
  key: string,
  name: string,
  pick: (metrics: RequestMetrics) => number | undefined,
): GateMetric[] {
  return [0.5, 0.95].map((q) => ({
    key: `${key}.p${100 * q}`,
    name: `${name} p${100 * q}`,
    unit: "ms",
    worse: "more",
    scale: "ratio",
    measure: (runs) => measureQuantile(runs, pick, q),
  }));
}

function measureQuantile(
  runs: readonly CellRun[],
  pick: (metrics: RequestMetrics) => number | undefined,
  q: number,
): Measured {
  const clusters = runs.map(({ metrics }) => metrics.flatMap((m) => pick(m) ?? []));
  const sorted = sortedCopy(clusters.flat());
  const n = sorted.length;
  if (n === 0) return { kind: "absent" };
  if (quantileInterval(sorted, q) === undefined) {
    return { kind: "too few", n, needed: `${Math.round(5 / (1 - q))} completed requests` };
  }
  const of = estimateLogQuantile(clusters, q, inFlightOf(runs));
  if (of === undefined) return { kind: "too few", n, needed: "times above 0" };
  return { kind: "measured", figure: quantile(sorted, q), n, of };
}

function measureSpeed(runs: readonly CellRun[]): Measured {
  const clusters = runs.map(({ tokenRates }) => tokenRates);
  const blocks = clusters.flat();
  const n = runs.reduce((sum, { cohort }) => sum + cohort.length, 0);
  if (blocks.length === 0 || blocks.every((rate) => rate === 0)) return { kind: "absent" };
  const of = estimateLogMean(clusters);
  if (blocks.length < LEAST_BLOCKS || of === undefined) {
    return { kind: "too few", n, needed: `${LEAST_BLOCKS / 2} s of steady time with tokens in it` };
  }
  return { kind: "measured", figure: Math.exp(of.value), n, of };
}

function measureGoodRate(runs: readonly CellRun[]): Measured {
  const clusters = runs.map(({ cohort }) => cohort.map(({ good }) => (good ? 1 : 0)));
  const n = clusters.flat().length;
  const of = estimateShare(clusters, inFlightOf(runs));
  if (of === undefined) return { kind: "absent" };
  if (n < LEAST_REQUESTS) return { kind: "too few", n, needed: `${LEAST_REQUESTS} requests` };
  return { kind: "measured", figure: of.value, n, of };
}

function inFlightOf(runs: readonly CellRun[]): number {
  return runs.reduce((sum, run) => sum + run.inFlight, 0) / runs.length;
}
