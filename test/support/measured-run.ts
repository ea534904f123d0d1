import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { RequestRecord, RunHeader } from "../../lib/core/request-record.ts";
import { readRecords } from "../../records/read-records.ts";
import { type RunFile, runFileSchema } from "../../records/run.ts";
import { summarySchema } from "./profile-behaviour.ts";
import { tradeoff } from "./tradeoff-command.ts";

const answerSchema = z.object({ directory: z.string(), run: runFileSchema });

/** What `tradeoff run` left of a run. */
export interface MeasuredRun {
  readonly code: number | null;
  readonly run: RunFile;
  readonly header: RunHeader;
  readonly records: readonly RequestRecord[];
  /** A figure of the summary; `undefined` where there is none. */
  readonly figure: (metric: string, statistic: string) => number | undefined;
}

/** Runs a profile on the embedded engine as a person does; the run's folder goes into the given one. */
export async function measure(
  folder: string,
  profile: string,
  settings: Readonly<Record<string, string>>,
): Promise<MeasuredRun> {
  const pairs = Object.entries(settings).flatMap(([name, value]) => ["-e", `${name}=${value}`]);
  const out = ["--engine", "embedded", "--out", join(folder, "out"), "--json"];
  const { code, stdout, stderr } = await tradeoff(folder, ["run", profile, ...out, ...pairs]);
  if (stdout === "") throw new Error(`ended with ${code}: ${stderr}`);
  const { directory, run } = answerSchema.parse(JSON.parse(stdout));
  const { headers, records } = await readRecords(join(directory, "requests.ndjson.gz"));
  const [header] = headers;
  if (header === undefined) throw new Error(`no header line in ${directory}`);
  const summary = readFileSync(join(directory, "summary.json"), "utf8");
  const { metrics } = summarySchema.parse(JSON.parse(summary));
  return {
    ...{ code, run, header, records },
    figure: (metric, statistic) => metrics[metric]?.values[statistic],
  };
}
