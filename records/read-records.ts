import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import type { z } from "zod";
import { parseJson } from "../lib/core/parse-json.ts";
import type { RequestRecord, RunHeader } from "../lib/core/request-record.ts";
import { recordLineSchema } from "./request-record.ts";

/** The records of one run, and how whole their file was. */
export interface RecordsFile {
  /** One an instance; none where the file lost its start. */
  readonly headers: readonly RunHeader[];
  readonly records: readonly RequestRecord[];
  /** What is wrong with the first line that calls itself a header and is none, by field; `null` where there is no such line. */
  readonly headerProblem: string | null;
  /** Lines that are not ours: something else that the script printed, or a last line cut by a kill. */
  readonly otherLines: number;
  /** Whether the file ended as it should: a cut .gz does not. */
  readonly whole: boolean;
}

/**
 * Reads `requests.ndjson`, plain or gzipped, of a run folder or of a bare k6 run. Never fails for what is in it: a kill
 * leaves half a line or half a .gz, and what came before is still true.
 */
export async function readRecords(path: string): Promise<RecordsFile> {
  const headers: RunHeader[] = [];
  const records: RequestRecord[] = [];
  let headerProblem: string | null = null;
  let otherLines = 0;
  let whole = true;
  const file = createReadStream(path);
  const stream = path.endsWith(".gz") ? file.pipe(createGunzip()) : file;
  stream.on("error", () => {
    whole = false;
  });
  try {
    for await (const line of createInterface({
      input: stream,
      crlfDelay: Number.POSITIVE_INFINITY,
    })) {
      if (line.trim() === "") continue;
      const json = parseJson(line);
      const parsed = recordLineSchema.safeParse(json);
      if (!parsed.success) {
        otherLines += 1;
        if (callsItselfHeader(json)) headerProblem ??= wordIssues(parsed.error);
      } else if (parsed.data.kind === "run") headers.push(parsed.data);
      else records.push(parsed.data);
    }
  } catch {
    whole = false;
  }
  return { headers, records, headerProblem, otherLines, whole };
}

function callsItselfHeader(json: unknown): boolean {
  return typeof json === "object" && json !== null && "kind" in json && json.kind === "run";
}

function wordIssues({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
}
