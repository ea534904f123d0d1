import { assessHealth } from "../assess-health.ts";
import type { LoadedRun } from "../read-runs.ts";

/** k6's exit codes of a run that went to the end of its plan: thresholds held, or one of them was breached. */
const RAN_TO_ITS_END = [0, 99];
/** The share of completed requests below which a profile ends itself (the floor in lib/core/sla-thresholds.ts). */
const ABORT_BELOW = 0.5;
/** A bare records file whose last request ended before this share of the plan's steady time is a part of a run. */
const SEEN_ENOUGH = 0.9;

export type Validity =
  | { readonly state: "valid"; readonly reason: null }
  | { readonly state: "invalid" | "aborted"; readonly reason: string };

/**
 * Whether a run says something about the server. One that ended itself since the server failed most requests does: that is no
 * fault of the measurement, and measuring again would only hide it.
 */
export function validityOf(run: LoadedRun): Validity {
  if (abortedItself(run)) {
    return {
      state: "aborted",
      reason: "it ended itself: more than half of its requests failed",
    };
  }
  const reason = whyInvalid(run);
  return reason === null ? { state: "valid", reason } : { state: "invalid", reason };
}

function abortedItself({ file, records }: LoadedRun): boolean {
  if (file?.exit?.code !== 99 || records.length === 0) return false;
  const completed = records.filter(({ outcome }) => outcome === "completed").length;
  return completed / records.length <= ABORT_BELOW;
}

function whyInvalid(run: LoadedRun): string | null {
  if (run.incomplete !== null) return run.incomplete;
  const { file, records } = run;
  const health = assessHealth([run], []);
  if (health.verdict === "client-limited") return `client-limited: ${health.reason}`;
  if (file === null) return partOfARun(run);
  if (file.exit !== null && !RAN_TO_ITS_END.includes(file.exit.code)) return file.exit.reason;
  if (file.counts !== null && records.length < file.counts.recorded) {
    return `${file.counts.recorded - records.length} of its ${file.counts.recorded} records can't be read`;
  }
  return null;
}

function partOfARun({ plan, records }: LoadedRun): string | null {
  const steadyEndMs = plan.windows.reduce(
    (end, { phase, endMs }) => (phase === "steady" ? Math.max(end, endMs) : end),
    0,
  );
  const seenMs = records.reduce((latest, { endMs }) => Math.max(latest, endMs), 0);
  if (seenMs >= SEEN_ENOUGH * steadyEndMs) return null;
  const [seen, planned] = [seenMs, steadyEndMs].map((ms) => `${(ms / 1000).toFixed(1)} s`);
  return `its records end at ${seen}, its steady phase at ${planned}: a part of a run`;
}
