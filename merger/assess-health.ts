import type { TradeoffReport } from "../records/report.ts";
import type { LoadedRun, UnusableRun } from "./read-runs.ts";
import { warningsOf } from "./run-warnings.ts";

const HEARTBEAT_LIMIT_MS = 10;
const INTERRUPTED_LIMIT = 0.01;

/**
 * Whether the runs measured the server or the client, by the limits of docs/metrics.md. A closed loop has no schedule to
 * lag behind, so there the heartbeat alone tells how late the client was.
 */
export function assessHealth(
  runs: readonly LoadedRun[],
  unusable: readonly UnusableRun[],
): TradeoffReport["health"] {
  const [heartbeat, interrupted] = [heartbeatCheck(runs), interruptedCheck(runs)];
  const checks = [heartbeat, interrupted, LAG_CHECK];
  // Who stops a run cuts its requests: that says nothing of the client.
  const stopped = runs.some((run) => run.file?.state === "interrupted");
  const bad = checks.find((check) => check.state === "bad" && !(stopped && check === interrupted));
  const warnings = [
    ...unusable.map((run) => `${run.id} is left out: ${run.reason}`),
    ...runs.flatMap(warningsOf),
  ];
  if (bad !== undefined) {
    return {
      verdict: "client-limited",
      reason: `${bad.name}: ${bad.figure} (limit ${bad.limit}); ${bad === heartbeat ? LATE_CLIENT : CUT_REQUESTS}`,
      checks,
      warnings,
    };
  }
  const missing = whatIsMissing(runs, unusable);
  if (missing !== null) return { verdict: "incomplete", reason: missing, checks, warnings };
  return { verdict: "valid", reason: validReason(checks), checks, warnings };
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

type Check = TradeoffReport["health"]["checks"][number];

const LATE_CLIENT =
  "the load generator was late itself: use fewer users a machine, or a machine of its own";
const CUT_REQUESTS = "the run ended before its requests: give it a longer timeout";

const LAG_CHECK: Check = {
  name: "schedule lag",
  figure: "not checked: a closed loop has no schedule",
  limit: "median 10 ms, p99 100 ms",
  state: "not checked",
};

function heartbeatCheck(runs: readonly LoadedRun[]): Check {
  const name = "client's oversleep, p99";
  const limit = `${HEARTBEAT_LIMIT_MS} ms`;
  const figures = runs.flatMap((run) => run.heartbeatP99Ms ?? []);
  if (figures.length === 0) {
    return { name, limit, figure: "not checked: the runs left no summary", state: "not checked" };
  }
  const worst = Math.max(...figures);
  const state = worst >= HEARTBEAT_LIMIT_MS ? "bad" : "good";
  const unchecked = runs.length - figures.length;
  const figure = `${worst.toFixed(1)} ms at worst${unchecked > 0 ? `, ${unchecked} of ${runs.length} runs not checked` : ""}`;
  return { name, limit, figure, state };
}

function interruptedCheck(runs: readonly LoadedRun[]): Check {
  const name = "requests cut by the end of the run";
  const limit = "1 %";
  const counts = runs.flatMap((run) => run.file?.counts ?? []);
  const started = counts.reduce((sum, count) => sum + count.started, 0);
  if (started === 0) {
    return { name, limit, figure: "not checked: not counted", state: "not checked" };
  }
  const interrupted = counts.reduce((sum, count) => sum + count.interrupted, 0);
  const state = interrupted / started > INTERRUPTED_LIMIT ? "bad" : "good";
  return {
    name,
    limit,
    figure: `${interrupted} of ${started.toLocaleString("en")}`,
    state,
  };
}

function validReason(checks: readonly Check[]): string {
  const checked = checks.filter((check) => check.state === "good");
  if (checked.length === 0) return "whole, but nothing tells how late the client was";
  return checked.map((check) => `${check.name} ${check.figure}`).join("; ");
}
