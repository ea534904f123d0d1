import { resolve } from "node:path";
import { UserError } from "../lib/core/user-error.ts";
import type { LengthDistribution } from "../lib/workload/length-distribution.ts";
import { writeJsonAtomic } from "../records/atomic-file.ts";
import { writeLinesAtomic } from "../records/atomic-lines.ts";
import { type DatasetMeta, datasetMetaPath } from "../records/dataset-meta.ts";
import { digestFile } from "./digest-file.ts";
import { madeItems } from "./made-items.ts";
import { detectFormat, type SourceFormat } from "./read-items.ts";
import { realItems } from "./real-items.ts";
import { inTokensOf, inWords, type TextMeasure } from "./text-measure.ts";

/** What to prepare. Lengths are in the tokens of `tokenizer`, or in words where there is none. */
export interface Preparation {
  readonly source: string;
  readonly format: SourceFormat | "auto";
  /** A `tokenizer.json`, or its folder. */
  readonly tokenizer: string | undefined;
  readonly inputLengths: LengthDistribution | undefined;
  readonly outputTokens: LengthDistribution | undefined;
  /** How many rows to write. */
  readonly count: number;
  readonly seed: number;
  readonly sharedPrefix: SharedPrefix | undefined;
  /** Turns of each conversation; single prompts where it is left out. */
  readonly turns: LengthDistribution | undefined;
  readonly limits: LengthLimits;
  readonly license: string | undefined;
  readonly out: string;
  /** The command line, for the notes beside the data set. */
  readonly command: string;
}

/** Of made prompts: how many different system messages they share, and how long those are. */
export interface SharedPrefix {
  readonly prefixes: number;
  readonly length: number;
}

/** Real prompts outside these are passed over, as vLLM's benchmark does. */
export interface LengthLimits {
  readonly leastLength: number;
  readonly longestInput: number;
  readonly longestTotal: number;
}

/** One line of a data set, as it is written. */
export type Row = { readonly id: string } & Readonly<Record<string, unknown>>;

/**
 * Makes a data set and, beside it, a note of where it is from; neither is left half-written.
 *
 * @throws UserError on a source, tokenizer or place that can't be used, or a source that gives too few rows
 */
export async function prepareDataset(
  preparation: Preparation,
  signal?: AbortSignal,
): Promise<DatasetMeta> {
  const { source, out, tokenizer } = preparation;
  const format = preparation.format === "auto" ? await detectFormat(source) : preparation.format;
  refuseOverwriting(source, out);
  const measure = tokenizer === undefined ? inWords : await inTokensOf(tokenizer);
  const sourceDigest = await digestFile(source);
  const rows = rowsOf(preparation, format, measure, signal);
  const written = await writeLinesAtomic(out, linesOf(rows, signal));
  const meta: DatasetMeta = {
    kind: "dataset",
    version: 1,
    file: out.replace(/^.*[\\/]/, ""),
    ...written,
    items: preparation.turns === undefined ? "prompts" : "conversations",
    unit: measure.unit,
    tokenizer: measure.tokenizer,
    source: { path: source, sha256: sourceDigest },
    license: preparation.license ?? null,
    seed: preparation.seed,
    command: preparation.command,
  };
  writeJsonAtomic(datasetMetaPath(out), meta);
  return meta;
}

export function refuseOverwriting(source: string, out: string): void {
  if (resolve(source) !== resolve(out)) return;
  throw new UserError("bad-input", `--out ${out} is the source itself; allowed: another file`);
}

function rowsOf(
  preparation: Preparation,
  format: SourceFormat,
  measure: TextMeasure,
  signal: AbortSignal | undefined,
): AsyncIterable<Row> | Iterable<Row> {
  const { inputLengths, sharedPrefix } = preparation;
  if (format !== "text") {
    if (sharedPrefix !== undefined) {
      throw new UserError(
        "bad-input",
        "--shared-prefix: allowed for a text or synthetic; this source has prompts of its own",
      );
    }
    return realItems(preparation, format, measure, () => stopIfAborted(signal));
  }
  if (inputLengths === undefined) {
    throw new UserError(
      "bad-input",
      "--input-tokens: found nothing; a text needs to be told how long its prompts are (512, uniform:64-1024)",
    );
  }
  return madeItems({ ...preparation, inputLengths }, measure);
}

async function* linesOf(
  rows: AsyncIterable<Row> | Iterable<Row>,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  for await (const row of rows) {
    stopIfAborted(signal);
    yield JSON.stringify(row);
    // Tokenising is synchronous: let an interrupt in.
    await new Promise((resume) => setImmediate(resume));
  }
}

function stopIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new UserError("interrupted", "interrupted: nothing is written");
}
