import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { parseJson } from "../lib/core/parse-json.ts";
import type { RequestRecord, RunHeader } from "../lib/core/request-record.ts";
import { recordLineSchema } from "./request-record.ts";

/** The records of one run, and how whole their file was. */
export interface RecordsFile {
  /** One an instance; none where the file lost its start. */
  readonly headers: readonly RunHeader[];
  readonly records: readonly RequestRecord[];
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
      const parsed = recordLineSchema.safeParse(parseJson(line));
      if (!parsed.success) otherLines += 1;
      else if (parsed.data.kind === "run") headers.push(parsed.data);
      else records.push(parsed.data);
    }
  } catch {
    whole = false;
  }
  return { headers, records, otherLines, whole };
}
