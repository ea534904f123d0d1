import { join } from "node:path";
import { type MergeRequest, mergeResults } from "../../merger/merge-results.ts";
import type { TradeoffReport } from "../../records/report.ts";
import { REPOSITORY } from "./temporary-project.ts";

/** The report of a folder's results, made in the same folder, at a time that is always the same. */
export function mergeFolder(
  folder: string,
  change: Partial<Pick<MergeRequest, "base" | "qualityTolerance">> = {},
): Promise<TradeoffReport> {
  return mergeResults({
    inputs: [folder],
    outDirectory: folder,
    templatesDirectory: join(REPOSITORY, "merger", "templates"),
    base: undefined,
    pricesFile: undefined,
    goodRateMin: 0.95,
    qualityTolerance: 0.05,
    now: new Date("2026-01-01T00:00:00Z"),
    ...change,
  });
}
