import type { Interval } from "../../lib/core/interval.ts";
import type { GateComparison } from "../../records/gate.ts";
import type { QualityFile } from "../../records/quality.ts";
import { pairedDelta } from "../compare-quality.ts";
import { asPerplexityShare as asShare } from "../format.ts";
import { type TestedDifference, testDifference } from "./estimate.ts";
import { type Cell, measureRuns } from "./gate-cells.ts";
import { GATE_METRICS, type GateMetric, type Measured, PERPLEXITY } from "./gate-metrics.ts";
import { holm } from "./holm.ts";
import { varianceOf } from "./mean-estimate.ts";
import { MANY_DEGREES } from "./student-t.ts";
import type { Tolerances } from "./tolerances.ts";

/** A comparison before the correction for their number, which needs all of them. */
export interface OpenComparison {
  readonly shown: Omit<GateComparison, "adjustedP" | "verdict">;
  /** `null` where nothing could be tested. */
  readonly p: number | null;
}

/** Chance of a single false alarm, or more, among all comparisons of a gate. */
const SIGNIFICANCE = 0.05;

/** Compares a cell with its like in the baseline. What neither side has, such as the ITL of one-token answers, is left out. */
export function compareCells(cell: Cell, baseline: Cell, tolerances: Tolerances): OpenComparison[] {
  const [runs, baselineRuns] = [measureRuns(cell), measureRuns(baseline)];
  return GATE_METRICS.flatMap((metric) => {
    const tolerance = tolerances.get(metric.key) ?? null;
    if (tolerance === null) return [];
    const [now, before] = [metric.measure(runs), metric.measure(baselineRuns)];
    if (now.kind === "absent" && before.kind === "absent") return [];
    const { interval, p } = tested(metric, now, before);
    return [
      {
        shown: {
          cell: cell.name,
          variant: cell.name.variant,
          metric: metric.name,
          unit: metric.unit,
          worse: metric.worse,
          baseline: before.kind === "measured" ? before.figure : null,
          figure: now.kind === "measured" ? now.figure : null,
          change: interval,
          tolerance,
          baselineN: countOf(before),
          n: countOf(now),
          reason: whyNot("the results", now) ?? whyNot("the baseline", before),
        },
        p,
      },
    ];
  });
}

/** Compares the perplexity of a variant by the same tokens' losses; a text says why that can't be. */
export function compareQualities(
  file: QualityFile,
  baseline: QualityFile,
  tolerance: number,
): OpenComparison | string {
  const delta = pairedDelta(file, baseline);
  if (typeof delta === "string") return delta;
  const { p } = testDifference(
    {
      value: delta.value,
      within: { variance: varianceOf(delta), degrees: MANY_DEGREES },
      ofRuns: [0],
    },
    { value: 0, within: { variance: 0, degrees: MANY_DEGREES }, ofRuns: [0] },
  );
  return {
    shown: {
      cell: null,
      variant: file.variant,
      metric: PERPLEXITY.name,
      unit: "perplexity",
      worse: "more",
      baseline: baseline.perplexity,
      figure: file.perplexity,
      change: asShare(delta),
      tolerance,
      baselineN: baseline.scoredTokens,
      n: file.scoredTokens,
      reason: null,
    },
    p,
  };
}

/**
 * Gives each comparison its verdict. A change counts only where it is separable from none, by Holm's correction over all of
 * them, and larger than its tolerance.
 */
export function decide(comparisons: readonly OpenComparison[]): GateComparison[] {
  const adjusted = holm(comparisons.flatMap(({ p }) => p ?? []));
  let next = 0;
  return comparisons.map(({ shown, p }) => {
    if (p === null || shown.change === null) {
      return { ...shown, adjustedP: null, verdict: "not measurable" };
    }
    const adjustedP = adjusted[next] ?? 1;
    next += 1;
    return { ...shown, adjustedP, verdict: verdictOf(shown, shown.change, adjustedP) };
  });
}

function verdictOf(
  { worse, tolerance }: OpenComparison["shown"],
  change: Interval,
  adjustedP: number,
): GateComparison["verdict"] {
  if (adjustedP > SIGNIFICANCE) return "no separable change";
  if (Math.abs(change.value) <= tolerance) return "within tolerance";
  return change.value > 0 === (worse === "more") ? "regression" : "improvement";
}

function tested(
  { scale }: GateMetric,
  now: Measured,
  before: Measured,
): { readonly interval: Interval | null; readonly p: number | null } {
  if (now.kind !== "measured" || before.kind !== "measured") return { interval: null, p: null };
  const { interval, p }: TestedDifference = testDifference(now.of, before.of);
  return { interval: scale === "ratio" ? asShare(interval) : interval, p };
}

function countOf(side: Measured): number {
  return side.kind === "absent" ? 0 : side.n;
}

function whyNot(side: string, measured: Measured): string | null {
  switch (measured.kind) {
    case "measured":
      return null;
    case "absent":
      return `${side}: nothing to measure it from`;
    case "too few":
      return `${side}: n = ${measured.n}, ${measured.needed} needed`;
    default:
      return measured satisfies never;
  }
}
