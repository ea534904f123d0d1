import { assessHealth } from "../assess-health.ts";
import type { LoadedRun } from "../read-runs.ts";

/** k6's exit codes of a run that went to the end of its plan: thresholds held, or one of them was breached. */
const HELD = 0;
const BREACHED = 99;
/** The share of completed requests at which a profile ends itself (the floor in lib/core/sla-thresholds.ts). */
const ABORT_BELOW = 0.5;
/** A bare records file whose last request ended before this share of the plan's steady time is a part of a run. */
const SEEN_ENOUGH = 0.9;

export type Validity =
  | { readonly state: "valid"; readonly reason: null }
  | { readonly state: "invalid" | "failed"; readonly reason: string };

/**
 * Whether a run says something about the server. One in which the server failed the requests does, whatever else was wrong with
 * it: measuring again would only hide it.
 */
export function validityOf(run: LoadedRun): Validity {
  const failure = whyFailed(run);
  if (failure !== null) return { state: "failed", reason: failure };
  const reason = whyInvalid(run);
  return reason === null ? { state: "valid", reason } : { state: "invalid", reason };
}

/** What a run's client was told to report, and not to fail by (HEALTH=report), is said beside its figures; `null`: nothing. */
export function toleratedLateness(run: LoadedRun): string | null {
  const reason = toleratesLateness(run) ? lateness(run) : null;
  return reason === null ? null : `${run.id} is judged all the same (HEALTH=report): ${reason}`;
}

function whyFailed(run: LoadedRun): string | null {
  const { file, records } = run;
  // Of a plain k6 run nobody noted the exit code.
  if (records.length === 0 || (file !== null && file.exit?.code !== BREACHED)) return null;
  const completed = records.filter(({ outcome }) => outcome === "completed").length;
  const share = `${completed} of its ${records.length} requests completed`;
  if (completed / records.length <= ABORT_BELOW) return `the server failed it: only ${share}`;
  // A late client alone ends with a code of its own: this one's requests failed too.
  return file?.health?.verdict === "client-limited" && !toleratesLateness(run)
    ? `requests failed (${share}), and the client was late besides`
    : null;
}

function whyInvalid(run: LoadedRun): string | null {
  if (run.incomplete !== null) return run.incomplete;
  const { file } = run;
  const late = toleratesLateness(run) ? null : lateness(run);
  if (late !== null) return late;
  if (file === null) return partOfARun(run);
  if (file.exit !== null && file.exit.code !== HELD && file.exit.code !== BREACHED) {
    return file.exit.reason;
  }
  // A request that was never sent is recorded, and counted apart.
  const sent = run.records.filter(({ outcome }) => outcome !== "unsent").length;
  if (file.counts !== null && sent < file.counts.recorded) {
    return `${file.counts.recorded - sent} of its ${file.counts.recorded} records can't be read`;
  }
  return null;
}

function toleratesLateness({ header }: LoadedRun): boolean {
  return header.settings["HEALTH"]?.value === "report";
}

/** Why its figures are the client's and not the server's; by its own verdict where it left one. */
function lateness(run: LoadedRun): string | null {
  const { verdict, reason } = run.file?.health ?? assessHealth([run], []);
  return verdict === "client-limited" ? `client-limited: ${reason ?? "it was late itself"}` : null;
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
