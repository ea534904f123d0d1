import { microseconds } from "../../core/microseconds.ts";
import { UserError } from "../../core/user-error.ts";
import { azureRows } from "./azure.ts";
import { burstGptRows } from "./burst-gpt.ts";
import { mooncakeRow } from "./mooncake.ts";
import type { TraceRequest } from "./trace-request.ts";
import type { RowReader, TraceRow } from "./trace-row.ts";

export interface Trace {
  readonly format: "mooncake" | "azure" | "burstgpt";
  /** In order of time. */
  readonly requests: TraceRequest[];
  /** Rows without input or output tokens, such as BurstGPT's failures: there is nothing to replay of them. */
  readonly skipped: number;
}

const FORMATS =
  'Mooncake JSONL ({"timestamp": ms, "input_length", "output_length", "hash_ids"}), Azure LLM inference CSV ' +
  "(TIMESTAMP,ContextTokens,GeneratedTokens), BurstGPT CSV (Timestamp,Model,Request tokens,Response tokens,...)";

/**
 * Reads a trace; its first line that is not empty tells the format. Requests are put in order of time, the first at 0.
 *
 * @throws UserError naming the file and the line, or that there is nothing in it
 */
export function parseTrace(text: string, file: string): Trace {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const first = lines.findIndex((line) => line.trim() !== "");
  if (first < 0) throw nothingIn(file);
  const { format, headerLines, read } = detect(lines[first] ?? "", file, first + 1);
  const rows: TraceRow[] = [];
  let skipped = 0;
  for (const [index, line] of lines.entries()) {
    if (index < first + headerLines || line.trim() === "") continue;
    const row = read(line);
    if (typeof row === "string") throw bad(file, index + 1, row);
    if (row.inputTokens > 0 && row.outputTokens > 0) rows.push(row);
    else skipped += 1;
  }
  if (rows.length === 0) throw nothingIn(file);
  rows.sort((a, b) => a.clockMs - b.clockMs);
  const startMs = rows[0]?.clockMs ?? 0;
  const requests = rows.map(({ clockMs, ...row }) => ({
    atMs: microseconds(clockMs - startMs),
    ...row,
  }));
  return { format, requests, skipped };
}

function detect(
  first: string,
  file: string,
  lineNumber: number,
): { format: Trace["format"]; headerLines: 0 | 1; read: RowReader } {
  if (first.trimStart().startsWith("{")) {
    return { format: "mooncake", headerLines: 0, read: mooncakeRow };
  }
  const columns = first.split(",").map((name) => name.trim());
  const azure = azureRows(columns);
  if (azure !== undefined) return { format: "azure", headerLines: 1, read: azure };
  const burstGpt = burstGptRows(columns);
  if (burstGpt !== undefined) return { format: "burstgpt", headerLines: 1, read: burstGpt };
  throw bad(
    file,
    lineNumber,
    `found ${first.slice(0, 80)}, allowed: the start of a trace: ${FORMATS}`,
  );
}

function nothingIn(file: string): UserError {
  return new UserError("bad-input", `${file}: found no requests to replay`);
}

function bad(file: string, line: number, problem: string): UserError {
  return new UserError("bad-input", `${file}: line ${line}: ${problem}`);
}
