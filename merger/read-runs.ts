import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import type { LoadPlan } from "../lib/core/load-plan.ts";
import { parseJson } from "../lib/core/parse-json.ts";
import type { RequestRecord } from "../lib/core/request-record.ts";
import type { Slo } from "../lib/core/slo.ts";
import { UserError } from "../lib/core/user-error.ts";
import { readJson } from "../records/read-json.ts";
import { type RecordsFile, readRecords } from "../records/read-records.ts";
import { readServerSamples } from "../records/read-server-samples.ts";
import { type RunFile, runFileSchema } from "../records/run.ts";
import type { ServerSample } from "../records/server-sample.ts";
import type { InputFiles } from "./find-inputs.ts";
import { recordsEndEarly } from "./records-end-early.ts";

/** One run with its records: what the rest of the merger works on. */
export interface LoadedRun {
  readonly id: string;
  readonly variant: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly plan: LoadPlan;
  readonly slo: Slo;
  readonly records: readonly RequestRecord[];
  /** Load generators that took part, one or several. */
  readonly instances: readonly string[];
  readonly otherLines: number;
  /** Why it is not a whole run, in words; `null` for one that is. */
  readonly incomplete: string | null;
  /** Absent for a bare records file. */
  readonly file: RunFile | null;
  readonly header: RecordsFile["headers"][number];
  /** p99 of the client's heartbeat in the steady phase, milliseconds; `null` where the run has no summary. */
  readonly heartbeatP99Ms: number | null;
  /** What the server and its GPUs said of themselves meanwhile, in the order of time; empty where nobody asked. */
  readonly serverSamples: readonly ServerSample[];
}

/** A run of which nothing can be reported, and why. */
export interface UnusableRun {
  readonly id: string;
  readonly reason: string;
  /** Whether its files are damaged, rather than that it was stopped before it had anything to record. */
  readonly damaged: boolean;
}

const summarySchema = z.object({ metrics: z.record(z.string(), z.unknown()) });
const trendSchema = z.object({ values: z.object({ "p(99)": z.number() }) });

/**
 * Reads every run; one without a single header line can't be reported on, and is named. Files of one run id hold its
 * instances (pods): together they are one run.
 *
 * @throws UserError on a run file that is wrong, a file of two runs, and two copies of one run
 */
export async function readRuns(
  inputs: InputFiles["runs"],
): Promise<{ readonly runs: readonly LoadedRun[]; readonly unusable: readonly UnusableRun[] }> {
  const runs = new Map<string, LoadedRun>();
  const unusable: UnusableRun[] = [];
  const sources = new Map<string, string>();
  for (const input of inputs) {
    const run = await readRun(input);
    if ("reason" in run) {
      unusable.push(run);
      continue;
    }
    refuseCopies(run, input.records, sources);
    const { runId } = run.header;
    const others = runs.get(runId);
    runs.set(runId, others === undefined ? run : joinInstances(others, run));
  }
  return { runs: [...runs.values()], unusable };
}

function refuseCopies(run: LoadedRun, path: string, sources: Map<string, string>): void {
  const { runId } = run.header;
  for (const instance of run.instances) {
    const key = `${runId}\n${instance}`;
    const other = sources.get(key);
    if (other !== undefined && other !== path) {
      throw new UserError(
        "bad-input",
        `instance ${instance} of run ${runId} is in both ${other} and ${path}: name one of them`,
      );
    }
    sources.set(key, path);
  }
}

/** Their times count from the start that the plan gives them all, so their records lie in the same windows. */
function joinInstances(a: LoadedRun, b: LoadedRun): LoadedRun {
  return {
    ...a,
    records: [...a.records, ...b.records],
    instances: [...a.instances, ...b.instances],
    otherLines: a.otherLines + b.otherLines,
    incomplete: a.incomplete ?? b.incomplete,
    heartbeatP99Ms:
      a.heartbeatP99Ms === null || b.heartbeatP99Ms === null
        ? (a.heartbeatP99Ms ?? b.heartbeatP99Ms)
        : Math.max(a.heartbeatP99Ms, b.heartbeatP99Ms),
    // All of them watched the same server.
    serverSamples: a.serverSamples.length > 0 ? a.serverSamples : b.serverSamples,
  };
}

async function readRun(input: InputFiles["runs"][number]): Promise<LoadedRun | UnusableRun> {
  const { directory } = input;
  const runFile = directory === null ? null : join(directory, "run.json");
  const file = runFile !== null && existsSync(runFile) ? readJson(runFile, runFileSchema) : null;
  const id = file?.id ?? basename(directory ?? input.records);
  const damaged = file === null || (file.state === "finished" && file.exit?.code === 0);
  if (!existsSync(input.records)) return { id, reason: "it left no records", damaged };
  const { headers, records, headerProblem, otherLines, whole } = await readRecords(input.records);
  const header = headers[0];
  if (header === undefined) {
    const reason =
      headerProblem === null
        ? `no line of ${input.records} is a run's header (${otherLines} others)`
        : `the run's header in ${input.records} can't be used (${headerProblem})`;
    return { id, reason, damaged };
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
    slo: header.sla.slo,
    records,
    instances: [...new Set(headers.map(({ instance }) => instance))],
    otherLines,
    incomplete: incompleteness(file, whole, { plan: header.plan, records }),
    file,
    header,
    heartbeatP99Ms: directory === null ? null : heartbeat(join(directory, "summary.json")),
    serverSamples: directory === null ? [] : readServerSamples(join(directory, "server.ndjson")),
  };
}

function incompleteness(
  file: RunFile | null,
  whole: boolean,
  recorded: Pick<LoadedRun, "plan" | "records">,
): string | null {
  if (!whole) return "its records file is cut";
  if (file === null) return recordsEndEarly(recorded);
  if (file.state === "finished") return null;
  return file.state === "interrupted"
    ? "it was stopped before its end"
    : "it never finished: killed, or still running";
}

function heartbeat(summaryPath: string): number | null {
  if (!existsSync(summaryPath)) return null;
  // k6 writes its summary in place: a kill leaves half of one.
  const summary = summarySchema.safeParse(parseJson(readFileSync(summaryPath, "utf8")));
  const metric = summary.data?.metrics["llm_heartbeat_oversleep{phase:steady}"];
  const trend = trendSchema.safeParse(metric);
  return trend.success ? trend.data.values["p(99)"] : null;
}
