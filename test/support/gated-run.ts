import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { RequestRecord } from "../../lib/core/request-record.ts";
import { findSla } from "../../merger/gate/find-sla.ts";
import { type GateRequest, gateResults } from "../../merger/gate/gate-results.ts";
import { parseTolerances } from "../../merger/gate/tolerances.ts";
import { type GateReport, gateSchema } from "../../records/gate.ts";
import type { RunFile } from "../../records/run.ts";
import { requestRecord, runHeader } from "./records.ts";
import { runFile } from "./run-file.ts";
import { REPOSITORY } from "./temporary-project.ts";

const THRESHOLDS = join(REPOSITORY, "thresholds");

/** Gates `<folder>/now` by the floors alone, with what a test cares for changed. */
export async function gateOf(
  folder: string,
  change: Partial<GateRequest> = {},
): Promise<GateReport> {
  const { report } = await gateResults({
    results: [join(folder, "now")],
    baseline: undefined,
    sla: "none",
    levels: undefined,
    tolerances: parseTolerances([]),
    thresholdsDirectory: THRESHOLDS,
    now: new Date("2026-11-24T12:00:00Z"),
    ...change,
  });
  return gateSchema.parse(report);
}

/** Writes a run with these records in its one steady window: ten seconds at eight users, under the level `chat`. */
export function writeGatedRun(
  folder: string,
  id: string,
  records: readonly RequestRecord[],
  change: Partial<RunFile> = {},
  slaName = "chat",
): string {
  const plan = {
    kind: "closed",
    windows: [{ phase: "steady", level: 8, startMs: 0, endMs: 10_000, arrivals: null }],
    maxVus: 8,
  } as const;
  const directory = join(folder, "now", "runs", id);
  mkdirSync(directory, { recursive: true });
  const { sla } = findSla(slaName, THRESHOLDS);
  const header = runHeader({ runId: id, plan, slaName, sla });
  const lines = [header, ...records].map((line) => `${JSON.stringify(line)}\n`).join("");
  writeFileSync(join(directory, "requests.ndjson"), lines);
  const file = runFile({ id, counts: null, ...change });
  writeFileSync(join(directory, "run.json"), JSON.stringify(file));
  return directory;
}

/** Requests spread over that window. */
export function gatedRequests(
  n: number,
  change: (i: number) => Partial<RequestRecord> = () => ({}),
): RequestRecord[] {
  return Array.from({ length: n }, (_, i) =>
    requestRecord({ id: `r${i}`, level: 8, sentMs: (i * 10_000) / n, ...change(i) }),
  );
}
