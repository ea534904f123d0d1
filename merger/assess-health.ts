import { brokenLimit, healthAdvice } from "../lib/core/health.ts";
import type { TradeoffReport } from "../records/report.ts";
import { type Check, healthChecks, healthFigures, worstFigures } from "./health-checks.ts";
import type { LoadedRun, UnusableRun } from "./read-runs.ts";
import { warningsOf } from "./run-warnings.ts";

/** Whether runs of that verdict are a result: what a late or cut client measured says nothing for certain. */
export function isResult(verdict: TradeoffReport["health"]["verdict"]): boolean {
  return verdict === "valid" || verdict === "saturated";
}

/**
 * Whether the runs measured the server or the client, by the limits of docs/metrics.md, which are the same that the profile
 * itself goes by. A client that was late comes first, then what is missing; a server that did not hold an offered rate is a
 * valid result.
 */
export function assessHealth(
  runs: readonly LoadedRun[],
  unusable: readonly UnusableRun[],
): TradeoffReport["health"] {
  const checks = healthChecks(runs);
  const warnings = [
    ...unusable.map((run) => `${run.id} is left out: ${run.reason}`),
    ...runs.flatMap(warningsOf),
  ];
  const broken = brokenLimit(worstFigures(runs.map(healthFigures)));
  const missing = whatIsMissing(runs, unusable);
  if (missing !== null && broken?.verdict !== "client-limited") {
    return { verdict: "incomplete", reason: missing, checks, warnings };
  }
  if (broken === undefined) {
    return { verdict: "valid", reason: validReason(checks), checks, warnings };
  }
  const { name } = broken;
  const check = checks.find((of) => of.name === name);
  const found = check === undefined ? "" : `: ${check.figure} (limit: ${check.limit})`;
  const alsoMissing = missing === null ? "" : `; incomplete too: ${missing}`;
  const reason = `${name}${found}; ${healthAdvice(broken)}${alsoMissing}`;
  return { verdict: broken.verdict, reason, checks, warnings };
}

function whatIsMissing(
  runs: readonly LoadedRun[],
  unusable: readonly UnusableRun[],
): string | null {
  const incomplete = runs.find((run) => run.incomplete !== null);
  if (incomplete !== undefined) return `${incomplete.id}: ${incomplete.incomplete}`;
  const [lost] = unusable;
  if (lost !== undefined) return `${lost.id}: ${lost.reason}`;
  return runs.length === 0 ? "no load was measured" : null;
}

function validReason(checks: readonly Check[]): string {
  const checked = checks.filter((check) => check.state === "good");
  if (checked.length === 0) return "whole, but nothing tells how late the client was";
  return checked.map((check) => `${check.name} ${check.figure}`).join("; ");
}
