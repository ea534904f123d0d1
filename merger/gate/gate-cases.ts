import type { GateReport } from "../../records/gate.ts";
import { wordCell } from "./gate-cells.ts";
import { sayCheck, sayComparison } from "./word-gate.ts";

/** One thing that was judged, as test reports and annotations have it. */
export interface GateCase {
  /** What belongs together: a cell's checks, its comparisons. */
  readonly group: string;
  readonly name: string;
  readonly result: "passed" | "failed" | "not measurable" | "not compared";
  /** What kind of thing went wrong, or right: "SLA breach", "regression". */
  readonly kind: string;
  readonly message: string;
}

/** The group of the runs themselves. */
export const RUNS = "runs";

/** Everything that was judged, in the order of the report. */
export function gateCases({
  runs,
  cells,
  regression,
}: Pick<GateReport, "runs" | "cells" | "regression">): GateCase[] {
  return [
    ...runs.map(({ id, state, reason }): GateCase => {
      const shared = { group: RUNS, name: id, message: reason ?? "valid" };
      switch (state) {
        case "valid":
          return { ...shared, result: "passed", kind: "valid run" };
        case "invalid":
          return { ...shared, result: "not measurable", kind: "invalid measurement" };
        case "failed":
          return { ...shared, result: "failed", kind: "failed run" };
        default:
          return state satisfies never;
      }
    }),
    ...cells.flatMap((cell) =>
      cell.checks.map((check): GateCase => {
        const group = `${wordCell(cell)}, service level ${cell.sla ?? "none"}`;
        const shared = { group, name: check.name, message: sayCheck(check) };
        if (check.verdict === "pass") return { ...shared, result: "passed", kind: "SLA" };
        return check.verdict === "breach"
          ? { ...shared, result: "failed", kind: "SLA breach" }
          : { ...shared, result: "not measurable", kind: "not measurable" };
      }),
    ),
    ...(regression?.comparisons ?? []).map((comparison): GateCase => {
      const { cell, variant, metric, verdict } = comparison;
      const group = `${cell === null ? variant : wordCell(cell)}, against the baseline`;
      const shared = { group, name: metric, kind: verdict, message: sayComparison(comparison) };
      if (verdict === "regression") return { ...shared, result: "failed" };
      return { ...shared, result: verdict === "not measurable" ? verdict : "passed" };
    }),
    ...(regression?.unpaired ?? []).map(
      ({ what, reason }): GateCase => ({
        group: "without a partner",
        name: what,
        result: "not compared",
        kind: "without a partner",
        message: reason,
      }),
    ),
  ];
}
