import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { UserError } from "../lib/core/user-error.ts";
import { writeFileAtomic, writeJsonAtomic } from "../records/atomic-file.ts";
import { pricesFileSchema } from "../records/prices.ts";
import { qualityFileSchema } from "../records/quality.ts";
import { readJson } from "../records/read-json.ts";
import type { TradeoffReport } from "../records/report.ts";
import { buildReport } from "./build-report.ts";
import { findInputs } from "./find-inputs.ts";
import { readRuns } from "./read-runs.ts";
import { renderHtml, renderMarkdown } from "./render-report.ts";

/** Share of good requests that a variant must reach, and perplexity it may lose, unless told otherwise. */
export const DEFAULT_GOOD_RATE = 0.95;
export const DEFAULT_QUALITY_TOLERANCE = 0.05;

export interface MergeRequest {
  /** Folders of suites, runs or quality, and bare records files. */
  readonly inputs: readonly string[];
  readonly outDirectory: string;
  readonly templatesDirectory: string;
  readonly base: string | undefined;
  /** Absent: `prices.json` in the output folder, where there is one. */
  readonly pricesFile: string | undefined;
  readonly goodRateMin: number;
  readonly qualityTolerance: number;
  readonly now: Date;
}

/**
 * Joins what was measured into `report.json`, `report.html` and `report.md`.
 *
 * @throws UserError on inputs that are not there or can't be read, or an output that can't be written
 */
export async function mergeResults(request: MergeRequest): Promise<TradeoffReport> {
  const files = findInputs(request.inputs);
  const { runs, unusable } = await readRuns(files.runs);
  const qualities = files.qualities.map((path) => readJson(path, qualityFileSchema));
  if (runs.length + qualities.length === 0) {
    const reasons = unusable.map(({ id, reason }) => `${id}: ${reason}`);
    throw new UserError("bad-input", `nothing to report on: ${reasons.join("; ")}`);
  }
  const report = buildReport(
    {
      title: `Trade-off report: ${basename(resolve(request.outDirectory))}`,
      runs,
      unusable,
      qualities,
      prices: readPrices(request),
    },
    request,
  );
  const { outDirectory, templatesDirectory } = request;
  writeJsonAtomic(join(outDirectory, "report.json"), report);
  writeFileAtomic(join(outDirectory, "report.html"), renderHtml(report, templatesDirectory));
  writeFileAtomic(join(outDirectory, "report.md"), renderMarkdown(report, templatesDirectory));
  return report;
}

function readPrices({ pricesFile, outDirectory }: MergeRequest) {
  if (pricesFile !== undefined) return readJson(pricesFile, pricesFileSchema);
  const beside = join(outDirectory, "prices.json");
  return existsSync(beside) ? readJson(beside, pricesFileSchema) : null;
}
