import type { GateReport } from "../../records/gate.ts";
import { type GateCase, gateCases, RUNS } from "./gate-cases.ts";

type Found = Pick<GateReport, "runs" | "cells" | "regression">;

/**
 * The verdict on all that was found, and why. A breach goes before all else: what else could not be measured does not undo it,
 * and measuring again must not hide it.
 */
export function decideVerdict(found: Found): Pick<GateReport, "verdict" | "reason"> {
  const cases = gateCases(found);
  const failed = cases.filter(({ result }) => result === "failed");
  if (failed.length > 0) {
    return {
      verdict: "breach",
      reason: `${failed.length} of ${cases.length} failed: ${say(failed)}`,
    };
  }
  const unknown = cases.filter(({ result }) => result === "not measurable");
  if (unknown.length > 0) {
    return {
      verdict: "invalid measurement",
      reason: `${unknown.length} of ${cases.length} can't be told: ${say(unknown)}`,
    };
  }
  const judged = found.cells.length + (found.regression?.comparisons.length ?? 0);
  return judged === 0
    ? { verdict: "invalid measurement", reason: "nothing was judged: no run has a steady phase" }
    : { verdict: "pass", reason: wordPass(found, cases) };
}

const SHOWN = 2;

function say(cases: readonly GateCase[]): string {
  const more = cases.length - SHOWN;
  const shown = cases
    .slice(0, SHOWN)
    .map(({ group, name, message }) =>
      group === RUNS ? `run ${name}: ${message}` : `${name} of ${group}: ${message}`,
    );
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}

function wordPass({ cells, regression }: Found, cases: readonly GateCase[]): string {
  const checks = cells.reduce((sum, cell) => sum + cell.checks.length, 0);
  const comparisons = regression?.comparisons.length ?? 0;
  const better = cases.filter(({ kind }) => kind === "improvement");
  return [
    ...(checks === 0 ? [] : [`all ${checks} checks hold`]),
    ...(regression === null ? [] : [`none of ${comparisons} comparisons is a regression`]),
    ...(better.length === 0 ? [] : [`better: ${say(better)}`]),
  ].join("; ");
}
