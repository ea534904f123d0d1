import { join } from "node:path";
import { type Command, Option } from "commander";
import {
  DEFAULT_GOOD_RATE,
  DEFAULT_QUALITY_TOLERANCE,
  mergeResults,
} from "../merger/merge-results.ts";
import { ENGINE_CHOICES, type EngineChoice } from "../runner/choose-engine.ts";
import { runSuite } from "../suite/run-suite.ts";
import { readSuiteFile } from "../suite/suite-file.ts";
import type { Installation } from "./installation.ts";
import { handleInterrupt } from "./interrupt.ts";
import { printAnswer } from "./print-answer.ts";
import { startSuiteProgress } from "./suite-progress.ts";

interface SuiteOptions {
  readonly engine: EngineChoice;
  readonly out?: string;
  readonly json: boolean;
}

export function addSuiteCommand(program: Command, installation: Installation): void {
  program
    .command("suite")
    .description("measure several variants at several levels, and report")
    .argument("<file>", "suite file (examples/demo-suite.json is one)")
    .addOption(
      new Option("--engine <engine>", "what drives the load")
        .choices(ENGINE_CHOICES)
        .default("auto"),
    )
    .option("--out <dir>", "folder of the suite (default: results/<its name>)")
    .option("--json", "print report.json instead of the recommendation", false)
    .action(async (file: string, options: SuiteOptions) => {
      process.exitCode = await suite(file, options, installation);
    });
}

async function suite(
  file: string,
  options: SuiteOptions,
  installation: Installation,
): Promise<number> {
  const plan = readSuiteFile(file);
  const outDirectory = options.out ?? join("results", plan.name);
  const abort = new AbortController();
  const restore = handleInterrupt(() => abort.abort());
  const progress = startSuiteProgress(plan);
  try {
    const measured = await runSuite({
      suite: plan,
      outDirectory,
      engine: options.engine,
      apiKey: process.env["API_KEY"],
      installation,
      onStep: progress.update,
      onLogLine: progress.log,
      signal: abort.signal,
    });
    progress.stop();
    // Only what was measured now: what an earlier suite left in the folder was another day's machine.
    const report = await mergeResults({
      inputs: [...measured.runDirectories, ...measured.qualityDirectories],
      outDirectory,
      templatesDirectory: join(installation.root, "merger", "templates"),
      base: undefined,
      pricesFile: undefined,
      goodRateMin: DEFAULT_GOOD_RATE,
      qualityTolerance: DEFAULT_QUALITY_TOLERANCE,
      now: new Date(),
    });
    printAnswer(report, outDirectory, options.json);
    return 0;
  } finally {
    progress.stop();
    restore();
  }
}
