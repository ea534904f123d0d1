import type { RequestRecord, RunHeader } from "../../lib/core/request-record.ts";
import type { LoadedRun } from "../../merger/read-runs.ts";
import { runHeader } from "./records.ts";

/** A run as the merger holds it: one steady second at one user, unless changed. */
export function loadedRun(
  records: readonly RequestRecord[],
  change: Partial<LoadedRun> = {},
  headerChange: Partial<RunHeader> = {},
): LoadedRun {
  const header = runHeader(headerChange);
  return {
    id: header.runId,
    variant: header.labels["variant"] ?? header.model,
    labels: header.labels,
    plan: header.plan,
    slo: header.sla.slo,
    records,
    instances: [header.instance],
    otherLines: 0,
    incomplete: null,
    file: null,
    header,
    heartbeatP99Ms: null,
    serverSamples: [],
    ...change,
  };
}
