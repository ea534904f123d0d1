import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import {
  DEFAULT_GOOD_RATE,
  DEFAULT_QUALITY_TOLERANCE,
  mergeResults,
} from "../merger/merge-results.ts";
import type { Installation } from "./installation.ts";
import { share } from "./number-flags.ts";
import { printAnswer } from "./print-answer.ts";

interface ReportOptions {
  readonly out?: string;
  readonly base?: string;
  readonly prices?: string;
  readonly goodRate: number;
  readonly tolerance: number;
  readonly json: boolean;
}

export function addReportCommand(program: Command, installation: Installation): void {
  program
    .command("report")
    .description("join runs, quality and prices into report.html, report.md and report.json")
    .argument("<results...>", "folders of suites, runs or quality, or records of plain k6 runs")
    .option("--out <dir>", "where the report goes (default: the first folder named)")
    .option("--base <variant>", "variant that quality is compared with (default: the most precise)")
    .option("--prices <file>", "what machines cost (default: prices.json where the report goes)")
    .option("--good-rate <share>", "requests that must be good", share, DEFAULT_GOOD_RATE)
    .option(
      "--tolerance <share>",
      "most that perplexity may be above the base's",
      share,
      DEFAULT_QUALITY_TOLERANCE,
    )
    .option("--json", "print report.json instead of the recommendation", false)
    .action(async (results: string[], options: ReportOptions) => {
      await report(results, options, installation);
    });
}

async function report(
  results: readonly string[],
  options: ReportOptions,
  installation: Installation,
): Promise<void> {
  const outDirectory = options.out ?? folderOf(results[0] ?? ".");
  const merged = await mergeResults({
    inputs: results,
    outDirectory,
    templatesDirectory: join(installation.root, "merger", "templates"),
    base: options.base,
    pricesFile: options.prices,
    goodRateMin: options.goodRate,
    qualityTolerance: options.tolerance,
    now: new Date(),
  });
  printAnswer(merged, outDirectory, options.json);
}

/** A bare records file's report goes beside it. */
function folderOf(input: string): string {
  return existsSync(input) && statSync(input).isFile() ? dirname(input) : input;
}
