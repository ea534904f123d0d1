import { existsSync } from "node:fs";
import { join } from "node:path";
import { printableLine } from "../lib/core/printable.ts";
import { requestMetrics } from "../lib/core/request-metrics.ts";
import type { RequestRecord } from "../lib/core/request-record.ts";
import { UserError } from "../lib/core/user-error.ts";
import { readRecords } from "../records/read-records.ts";
import { print } from "./terminal.ts";

/**
 * Prints the timeline and the text of a run's only request.
 *
 * @throws UserError where the run left no request
 */
export async function printOnce(directory: string): Promise<void> {
  const path = join(directory, "requests.ndjson.gz");
  const { records } = existsSync(path) ? await readRecords(path) : { records: [] };
  const record = records[0];
  if (record === undefined)
    throw new UserError("bad-input", `${directory}: no request was recorded`);
  print(timelineOf(record).join("\n"));
}

/** The moments of a request after it was sent, its figures and its text, in lines. */
function timelineOf(record: RequestRecord): string[] {
  const moments = [
    ["sent", record.sentMs],
    ["headers", record.headersMs],
    ["first event", record.firstEventMs],
    ["first content", record.firstContentMs],
    ["first visible", record.firstVisibleMs],
    ["last content", record.lastContentMs],
    ["end", record.endMs],
  ] as const;
  const lines = moments.map(([name, atMs]) => {
    const shown = atMs === null ? "–   " : `${(atMs - record.sentMs).toFixed(1)} ms`;
    return `${shown.padStart(13)}  ${name}`;
  });
  const text = record.text === null || record.text === "" ? [] : ["", record.text];
  const shown = [`request ${record.id}`, ...lines, "", ...figuresOf(record)];
  // Of all words that are the server's, those of the answer alone may take several lines.
  return [...shown.map(printableLine), ...text];
}

function figuresOf(record: RequestRecord): string[] {
  const status = record.status === null ? "no response" : `HTTP ${record.status}`;
  // Of an HTTP error the detail says its status again.
  const detail = record.detail === status ? "" : (record.detail?.replace(`${status}: `, "") ?? "");
  const reason = detail === "" ? "" : `: ${detail}`;
  const outcome = `${record.outcome} (${status}, finish reason ${record.finishReason ?? "none"})${reason}`;
  const metrics = requestMetrics(record);
  if (metrics === undefined) return [outcome];
  const itl = metrics.itlMs === undefined ? "–" : `${metrics.itlMs.toFixed(1)} ms`;
  const prompt = String(record.usage?.promptTokens ?? "?");
  const tokens =
    record.outputTokens === null ? "?" : `${record.outputTokens} (${record.tokenSource})`;
  return [
    outcome,
    `TTFT ${metrics.ttftMs.toFixed(1)} ms · ITL ${itl} · E2E ${metrics.e2eMs.toFixed(1)} ms`,
    `${prompt} prompt tokens · ${tokens} output tokens in ${record.gapsUs.length + 1} chunks`,
  ];
}
