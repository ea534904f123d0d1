import { readFileSync } from "node:fs";
import { UserError } from "../lib/core/user-error.ts";
import { LineError } from "../lib/workload/json-lines.ts";
import { parseTrace } from "../lib/workload/traces/parse-trace.ts";
import { readDatasetMeta } from "../records/dataset-meta.ts";
import { isTrace } from "./describe-trace.ts";
import { digestFile } from "./digest-file.ts";
import { firstLine, readLines } from "./read-items.ts";
import { type DatasetRow, datasetRow, idOf } from "./row-kind.ts";

export interface Validation {
  readonly file: string;
  /** `null` where no line could be read. */
  readonly items: DatasetRow["items"] | "trace" | null;
  /** Lines that hold a row, good or not. */
  readonly rows: number;
  readonly problemCount: number;
  /** The first problems; `line` is `null` where it is the file's. */
  readonly problems: readonly Problem[];
}

interface Problem {
  readonly line: number | null;
  readonly message: string;
}

const MOST_LISTED = 20;

/**
 * Reads every line of a data set (or a whole trace) as a profile would, and goes on after a bad one.
 *
 * @throws UserError where the file can't be read
 */
export async function validateDataset(file: string): Promise<Validation> {
  return isTrace(await firstLine(file)) ? validateTrace(file) : validateRows(file);
}

async function validateRows(file: string): Promise<Validation> {
  const problems: Problem[] = [];
  let problemCount = 0;
  const report = (line: number | null, message: string): void => {
    problemCount += 1;
    if (problems.length < MOST_LISTED) problems.push({ line, message });
  };
  const firstLineOf = new Map<string, number>();
  let items: DatasetRow["items"] | undefined;
  let rows = 0;
  for await (const { line, text } of readLines(file)) {
    rows += 1;
    try {
      const row = datasetRow(text, items);
      items ??= row.items;
      const id = idOf(row);
      const before = firstLineOf.get(id);
      if (before === undefined) firstLineOf.set(id, line);
      else
        report(
          line,
          `id: found ${JSON.stringify(id)}, which line ${before} has; allowed: each once`,
        );
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      report(line, error.message);
    }
  }
  if (rows === 0) report(null, "found no rows");
  const meta = readDatasetMeta(file);
  if (meta !== null && meta.sha256 !== (await digestFile(file))) {
    report(null, "is another than the one that its .meta.json tells of: it was changed since");
  }
  return { file, items: items ?? null, rows, problemCount, problems };
}

/** Traces are read whole, as profiles read them; the first bad line is told. */
function validateTrace(file: string): Validation {
  try {
    const { requests, skipped } = parseTrace(readFileSync(file, "utf8"), file);
    const rows = requests.length + skipped;
    return { file, items: "trace", rows, problemCount: 0, problems: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const message = error.message.replace(`${file}: `, "");
    return { file, items: "trace", rows: 0, problemCount: 1, problems: [{ line: null, message }] };
  }
}
