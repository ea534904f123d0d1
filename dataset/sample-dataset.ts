import { UserError } from "../lib/core/user-error.ts";
import { LineError } from "../lib/workload/json-lines.ts";
import { writeJsonAtomic } from "../records/atomic-file.ts";
import { writeLinesAtomic } from "../records/atomic-lines.ts";
import { type DatasetMeta, datasetMetaPath, readDatasetMeta } from "../records/dataset-meta.ts";
import { isTrace } from "./describe-trace.ts";
import { digestFile } from "./digest-file.ts";
import { refuseOverwriting } from "./prepare-dataset.ts";
import { firstLine, readLines } from "./read-items.ts";
import { sampleStream } from "./reservoir.ts";
import { type DatasetRow, datasetRow } from "./row-kind.ts";

/**
 * Writes a seeded sample of a data set's lines, in their order. What is known of the data set goes on to the sample.
 *
 * @throws UserError naming the line that can't be used, or where the data set has fewer lines or is a trace
 */
export async function sampleDataset(sampling: {
  readonly source: string;
  readonly count: number;
  readonly seed: number;
  readonly license: string | undefined;
  readonly out: string;
  readonly command: string;
}): Promise<DatasetMeta> {
  const { source, count, seed, out } = sampling;
  refuseOverwriting(source, out);
  if (isTrace(await firstLine(source))) {
    throw new UserError(
      "bad-input",
      `${source}: found a trace, allowed: prompts or conversations; profiles replay a share of a trace by TRACE_SAMPLE`,
    );
  }
  const from = readDatasetMeta(source);
  let items: DatasetRow["items"] | undefined;
  async function* checkedLines(): AsyncGenerator<string> {
    for await (const { line, text } of readLines(source)) {
      try {
        items = datasetRow(text, items).items;
      } catch (error) {
        if (!(error instanceof LineError)) throw error;
        throw new UserError("bad-input", `${source}: line ${line}: ${error.message}`);
      }
      yield text;
    }
  }
  const { sample, seen } = await sampleStream(checkedLines(), count, seed);
  if (items === undefined || sample.length < count) {
    throw new UserError(
      "bad-input",
      `${source}: found ${seen} rows, fewer than the ${count} asked for`,
    );
  }
  const meta: DatasetMeta = {
    kind: "dataset",
    version: 1,
    file: out.replace(/^.*[\\/]/, ""),
    ...(await writeLinesAtomic(out, sample)),
    items,
    unit: from?.unit ?? "words",
    tokenizer: from?.tokenizer ?? null,
    source: { path: source, sha256: await digestFile(source) },
    license: sampling.license ?? from?.license ?? null,
    seed,
    command: sampling.command,
  };
  writeJsonAtomic(datasetMetaPath(out), meta);
  return meta;
}
