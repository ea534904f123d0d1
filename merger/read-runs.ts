import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import type { LoadPlan } from "../lib/core/load-plan.ts";
import type { RequestRecord } from "../lib/core/request-record.ts";
import type { Slo } from "../lib/core/slo.ts";
import { UserError } from "../lib/core/user-error.ts";
import { readJson } from "../records/read-json.ts";
import { type RecordsFile, readRecords } from "../records/read-records.ts";
import { type RunFile, runFileSchema } from "../records/run.ts";
import type { InputFiles } from "./find-inputs.ts";

/** One run with its records: what the rest of the merger works on. */
export interface LoadedRun {
  readonly id: string;
  readonly variant: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly plan: LoadPlan;
  readonly slo: Slo;
  readonly records: readonly RequestRecord[];
  readonly otherLines: number;
  /** Why it is not a whole run, in words; `null` for one that is. */
  readonly incomplete: string | null;
  /** Absent for a bare records file. */
  readonly file: RunFile | null;
  readonly header: RecordsFile["headers"][number];
  /** p99 of the client's heartbeat in the steady phase, milliseconds; `null` where the run has no summary. */
  readonly heartbeatP99Ms: number | null;
}

/** A run of which nothing can be reported, and why. */
export interface UnusableRun {
  readonly id: string;
  readonly reason: string;
}

const summarySchema = z.object({ metrics: z.record(z.string(), z.unknown()) });
const trendSchema = z.object({ values: z.object({ "p(99)": z.number() }) });

/** Reads every run; one without a single header line can't be reported on, and is named. */
export async function readRuns(
  inputs: InputFiles["runs"],
): Promise<{ readonly runs: readonly LoadedRun[]; readonly unusable: readonly UnusableRun[] }> {
  const runs: LoadedRun[] = [];
  const unusable: UnusableRun[] = [];
  for (const input of inputs) {
    const run = await readRun(input);
    if ("reason" in run) unusable.push(run);
    else runs.push(run);
  }
  return { runs, unusable };
}

async function readRun(input: InputFiles["runs"][number]): Promise<LoadedRun | UnusableRun> {
  const { directory } = input;
  const runFile = directory === null ? null : join(directory, "run.json");
  const file = runFile !== null && existsSync(runFile) ? readJson(runFile, runFileSchema) : null;
  const id = file?.id ?? basename(directory ?? input.records);
  if (!existsSync(input.records)) return { id, reason: "it left no records" };
  const { headers, records, otherLines, whole } = await readRecords(input.records);
  const header = headers[0];
  if (header === undefined) {
    return { id, reason: `no line of ${input.records} is a run's header (${otherLines} others)` };
  }
  const differing = headers.find((other) => other.runId !== header.runId);
  if (differing !== undefined) {
    throw new UserError(
      "bad-input",
      `${input.records} holds two runs, ${header.runId} and ${differing.runId}: give each a file of its own`,
    );
  }
  return {
    id,
    variant: header.labels["variant"] ?? header.model,
    labels: header.labels,
    plan: header.plan,
    slo: header.slo,
    records,
    otherLines,
    incomplete: incompleteness(file, whole),
    file,
    header,
    heartbeatP99Ms: directory === null ? null : heartbeat(join(directory, "summary.json")),
  };
}

function incompleteness(file: RunFile | null, whole: boolean): string | null {
  if (!whole) return "its records file is cut";
  if (file === null || file.state === "finished") return null;
  return file.state === "interrupted"
    ? "it was stopped before its end"
    : "it never finished: killed, or still running";
}

function heartbeat(summaryPath: string): number | null {
  if (!existsSync(summaryPath)) return null;
  const summary = summarySchema.safeParse(JSON.parse(readFileSync(summaryPath, "utf8")));
  const metric = summary.data?.metrics["llm_heartbeat_oversleep{phase:steady}"];
  const trend = trendSchema.safeParse(metric);
  return trend.success ? trend.data.values["p(99)"] : null;
}
