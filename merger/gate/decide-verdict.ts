import type { GateCheck, GateComparison, GateReport } from "../../records/gate.ts";
import { listed } from "../format.ts";
import { wordCell } from "./gate-cells.ts";

type Found = Pick<GateReport, "runs" | "cells" | "regression">;

/**
 * The verdict on all that was found, and why. A breach goes before all else: what else could not be measured does not undo it,
 * and measuring again must not hide it.
 */
export function decideVerdict(found: Found): Pick<GateReport, "verdict" | "reason"> {
  const breaches = [
    ...found.runs.flatMap(({ id, state, reason }) =>
      state === "aborted" ? `${id}: ${reason}` : [],
    ),
    ...checksThat(found, "breach"),
    ...comparisonsThat(found, "regression"),
  ];
  if (breaches.length > 0) return { verdict: "breach", reason: counted(breaches) };
  const unknown = [
    ...found.runs.flatMap(({ id, state, reason }) =>
      state === "invalid" ? `${id}: ${reason}` : [],
    ),
    ...checksThat(found, "not measurable"),
    ...comparisonsThat(found, "not measurable"),
  ];
  if (unknown.length > 0) return { verdict: "invalid measurement", reason: counted(unknown) };
  const checks = found.cells.reduce((sum, cell) => sum + cell.checks.length, 0);
  const comparisons = found.regression?.comparisons.length ?? 0;
  const better = comparisonsThat(found, "improvement");
  return {
    verdict: "pass",
    reason: [
      checks === 0 ? "nothing to judge by a service level" : `${checks} checks hold`,
      ...(found.regression === null ? [] : [`none of ${comparisons} comparisons is a regression`]),
      ...(better.length === 0 ? [] : [`improved: ${listed(better)}`]),
    ].join("; "),
  };
}

function checksThat({ cells }: Found, verdict: GateCheck["verdict"]): string[] {
  return cells.flatMap((cell) =>
    cell.checks.flatMap((check) =>
      check.verdict === verdict ? `${check.name} of ${wordCell(cell)}` : [],
    ),
  );
}

function comparisonsThat({ regression }: Found, verdict: GateComparison["verdict"]): string[] {
  const comparisons = regression?.comparisons ?? [];
  return comparisons.flatMap((comparison) => {
    if (comparison.verdict !== verdict) return [];
    const of = comparison.cell === null ? comparison.variant : wordCell(comparison.cell);
    return `${comparison.metric} of ${of} against the baseline`;
  });
}

const SHOWN = 3;

function counted(items: readonly string[]): string {
  const more = items.length - SHOWN;
  return more > 0 ? `${items.slice(0, SHOWN).join("; ")}; and ${more} more` : items.join("; ");
}
