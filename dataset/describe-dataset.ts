import { statSync } from "node:fs";
import { textHash } from "../lib/core/text-hash.ts";
import { UserError } from "../lib/core/user-error.ts";
import { LineError, parseLine } from "../lib/workload/json-lines.ts";
import { type DatasetMeta, readDatasetMeta } from "../records/dataset-meta.ts";
import { digestFile } from "./digest-file.ts";
import { type LengthSummary, summaryOf } from "./length-summary.ts";
import { readLines } from "./read-items.ts";
import { type DatasetRow, datasetRow, statedInput, textsOf } from "./row-kind.ts";
import { inWords, type TextMeasure } from "./text-measure.ts";

export interface DatasetDescription {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly items: DatasetRow["items"];
  readonly rows: number;
  /** Rows whose texts are those of a row before. */
  readonly duplicates: number;
  readonly withTools: number;
  readonly withReference: number;
  /** What the input was measured by: a tokenizer, the file's own `inputTokens`, or its words. */
  readonly inputBy: "tokenizer" | "inputTokens" | "words";
  readonly input: LengthSummary;
  /** `null` where no row says how long an answer to ask for. */
  readonly output: LengthSummary | null;
  /** Turns of each conversation; `null` for prompts. */
  readonly turns: LengthSummary | null;
  /** `null` where nothing is known of where it is from. */
  readonly meta: DatasetMeta | null;
  /** Whether the file is the one that `meta` tells of. */
  readonly metaIsOfThisFile: boolean;
}

/**
 * Lengths of a data set's rows, and what is known of it.
 *
 * @param measure counts the input anew; left out, the file's own figures are taken where each row has one, else words
 * @throws UserError naming the line that can't be used
 */
export async function describeDataset(
  file: string,
  measure: TextMeasure | undefined,
): Promise<DatasetDescription> {
  const input: number[] = [];
  const stated: number[] = [];
  const output: number[] = [];
  const turns: number[] = [];
  const seen = new Set<string>();
  let [rows, duplicates, withTools, withReference] = [0, 0, 0, 0];
  let items: DatasetRow["items"] | undefined;
  for await (const { line, text } of readLines(file)) {
    const row = readRow(file, line, text, items);
    items = row.items;
    rows += 1;
    const texts = textsOf(row);
    const hash = textHash(texts.join("\0"));
    if (seen.has(hash)) duplicates += 1;
    seen.add(hash);
    const counted = measure ?? inWords;
    input.push(texts.reduce((sum, part) => sum + counted.count(part), 0));
    const own = statedInput(parseLine(text));
    if (own !== null) stated.push(own);
    if (row.items === "prompts") {
      if (row.prompt.tools !== null) withTools += 1;
      if (row.prompt.reference !== null) withReference += 1;
      if (row.prompt.outputTokens !== null) output.push(row.prompt.outputTokens);
    } else {
      const { turns: said } = row.conversation;
      turns.push(said.length);
      if (said.some(({ assistant }) => assistant !== null)) withReference += 1;
      for (const { outputTokens } of said) if (outputTokens !== null) output.push(outputTokens);
    }
  }
  if (items === undefined) throw new UserError("bad-input", `${file}: found no rows`);
  const asStated = measure === undefined && stated.length === rows;
  const sha256 = await digestFile(file);
  const meta = readDatasetMeta(file);
  return {
    file,
    bytes: statSync(file).size,
    sha256,
    items,
    rows,
    duplicates,
    withTools,
    withReference,
    inputBy: measure?.unit === "tokens" ? "tokenizer" : asStated ? "inputTokens" : "words",
    input: summaryOf(asStated ? stated : input),
    output: output.length === 0 ? null : summaryOf(output),
    turns: turns.length === 0 ? null : summaryOf(turns),
    meta,
    metaIsOfThisFile: meta?.sha256 === sha256,
  };
}

function readRow(
  file: string,
  line: number,
  text: string,
  items: DatasetRow["items"] | undefined,
): DatasetRow {
  try {
    return datasetRow(text, items);
  } catch (error) {
    if (!(error instanceof LineError)) throw error;
    throw new UserError("bad-input", `${file}: line ${line}: ${error.message}`);
  }
}
