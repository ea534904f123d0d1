import { readFileSync, statSync } from "node:fs";
import { parseTrace, type Trace } from "../lib/workload/traces/parse-trace.ts";
import { digestFile } from "./digest-file.ts";
import { type LengthSummary, summaryOf } from "./length-summary.ts";

export interface TraceDescription {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly items: "trace";
  readonly format: Trace["format"];
  readonly rows: number;
  /** Rows without input or output tokens, which are not replayed. */
  readonly skipped: number;
  /** From the first request to the last. */
  readonly durationMs: number;
  /** `null` where all requests come at once. */
  readonly requestsPerSecond: number | null;
  /** Standard deviation of the gaps between requests over their mean: 1 for Poisson arrivals, more for bursts. */
  readonly gapVariation: number | null;
  readonly input: LengthSummary;
  readonly output: LengthSummary;
}

/** Whether a file that starts so is a trace, rather than a data set. */
export function isTrace(firstLine: string): boolean {
  return firstLine.startsWith("{")
    ? firstLine.includes('"input_length"')
    : /^[^"[]*,[^"[]*,/.test(firstLine);
}

/** @throws UserError naming the line that can't be used */
export async function describeTrace(file: string): Promise<TraceDescription> {
  const { format, requests, skipped } = parseTrace(readFileSync(file, "utf8"), file);
  const durationMs = requests.at(-1)?.atMs ?? 0;
  const gaps = requests.slice(1).map(({ atMs }, index) => atMs - (requests[index]?.atMs ?? 0));
  const meanGap = durationMs / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - meanGap) ** 2, 0) / gaps.length;
  return {
    file,
    bytes: statSync(file).size,
    sha256: await digestFile(file),
    items: "trace",
    format,
    rows: requests.length,
    skipped,
    durationMs,
    requestsPerSecond: durationMs > 0 ? 1000 / meanGap : null,
    gapVariation: durationMs > 0 ? Math.sqrt(variance) / meanGap : null,
    input: summaryOf(requests.map(({ inputTokens }) => inputTokens)),
    output: summaryOf(requests.map(({ outputTokens }) => outputTokens)),
  };
}
