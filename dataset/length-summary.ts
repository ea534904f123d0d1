import { quantile } from "../lib/core/quantile.ts";

export interface LengthSummary {
  readonly total: number;
  readonly mean: number;
  readonly min: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  /** Ascending: what a histogram is made of. */
  readonly values: readonly number[];
}

/** @param values at least one */
export function summaryOf(values: readonly number[]): LengthSummary {
  const sorted = values.toSorted((a, b) => a - b);
  const total = sorted.reduce((sum, value) => sum + value, 0);
  return {
    total,
    mean: total / sorted.length,
    min: sorted[0] ?? 0,
    p50: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    p99: quantile(sorted, 0.99),
    max: sorted.at(-1) ?? 0,
    values: sorted,
  };
}
