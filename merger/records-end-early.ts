import { planEndMs } from "../lib/core/load-plan.ts";
import type { RequestRecord } from "../lib/core/request-record.ts";
import type { LoadedRun } from "./read-runs.ts";

/** How much longer than the longest silence so far the last one must be: waits between requests vary. */
const SILENCES = 2;
/** Users that fail wait a second by default, and a busy machine makes them late. */
const ALLOWANCE_MS = 2000;

/**
 * Whether records without a `run.json` stop before the steady phase does, in words; `null` where they last. A load leaves
 * requests in flight all along: silence at its end that is far longer than any before it means that somebody stopped it.
 */
export function recordsEndEarly({
  plan,
  records,
}: Pick<LoadedRun, "plan" | "records">): string | null {
  const steadyEndMs = planEndMs({ ...plan, windows: plan.windows.filter(isSteady) });
  const { longestSilenceMs, lastMs } = silences(records);
  const silentMs = steadyEndMs - lastMs;
  if (silentMs <= SILENCES * longestSilenceMs + ALLOWANCE_MS) return null;
  return `its records end at ${seconds(lastMs)} s, its steady phase at ${seconds(steadyEndMs)} s`;
}

function isSteady({ phase }: LoadedRun["plan"]["windows"][number]): boolean {
  return phase === "steady";
}

/** The longest time without a request in flight, from the start of the plan on, and the end of the last request. */
function silences(records: readonly RequestRecord[]) {
  let [longestSilenceMs, lastMs] = [0, 0];
  for (const { sentMs, endMs } of records.toSorted((a, b) => a.sentMs - b.sentMs)) {
    longestSilenceMs = Math.max(longestSilenceMs, sentMs - lastMs);
    lastMs = Math.max(lastMs, endMs);
  }
  return { longestSilenceMs, lastMs };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
