import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { type GateOutcome, gateResults } from "../merger/gate/gate-results.ts";
import { renderGateTable } from "../merger/gate/gate-table.ts";
import { githubAnnotations } from "../merger/gate/github-annotations.ts";
import { renderGateJunit, renderGateMarkdown } from "../merger/gate/render-gate.ts";
import { saveBaseline } from "../merger/gate/save-baseline.ts";
import { parseTolerances } from "../merger/gate/tolerances.ts";
import { writeFileAtomic } from "../records/atomic-file.ts";
import type { GateReport } from "../records/gate.ts";
import { EXIT_BREACH, EXIT_INVALID_MEASUREMENT } from "./exit-codes.ts";
import type { Installation } from "./installation.ts";
import { print, printError, printJson, printWorkflowCommands } from "./terminal.ts";

interface GateOptions {
  readonly baseline?: string[];
  readonly sla?: string;
  readonly level?: number[];
  readonly tolerance?: string[];
  readonly json: boolean;
  readonly junit?: string;
  readonly markdown?: string;
  readonly saveBaseline?: string;
}

const EXIT_OF_VERDICT: Readonly<Record<GateReport["verdict"], number>> = {
  pass: 0,
  breach: EXIT_BREACH,
  "invalid measurement": EXIT_INVALID_MEASUREMENT,
};

const EXITS = `
exit code  0 everything holds · 99 a limit is breached, or a metric got worse: never retry
          95 the measurement is invalid (client-limited, incomplete, too few samples): may be repeated
           2 a flag or file that can't be used
`;

export function addGateCommand(program: Command, installation: Installation): void {
  program
    .command("gate")
    .description("judge runs by their service level, and against a baseline: for CI")
    .argument("<results...>", "folders of suites, runs or quality, or records of plain k6 runs")
    .option("--baseline <results...>", "an earlier measurement to compare with")
    .option(
      "--sla <name>",
      "service level to judge by: a name, a path or none (default: each run's own)",
    )
    .option("--level <levels>", "levels of load to judge: 4,8 (default: all)", levels)
    .option(
      "--tolerance <metric=percentage>",
      "most that a metric may get worse: ttft.p95=10%, perplexity=off, 8% for all (repeatable; default 5%)",
      (text: string, before: string[] = []) => [...before, text],
    )
    .option("--json", "print everything found as one JSON object", false)
    .option("--junit <file>", "write a JUnit XML file")
    .option("--markdown <file>", "write it as Markdown, for a pull request")
    .option(
      "--save-baseline <dir>",
      "where everything holds, keep these results as the next baseline",
    )
    .addHelpText("after", EXITS)
    .action(async (results: string[], options: GateOptions) => {
      process.exitCode = await gate(results, options, installation);
    });
}

async function gate(
  results: readonly string[],
  options: GateOptions,
  installation: Installation,
): Promise<number> {
  const outcome = await gateResults({
    results,
    baseline: options.baseline,
    sla: options.sla,
    levels: options.level,
    tolerances: parseTolerances(options.tolerance ?? []),
    thresholdsDirectory: join(installation.root, "thresholds"),
    now: new Date(),
  });
  const { report } = outcome;
  const templates = join(installation.root, "merger", "templates");
  if (options.json) printJson(report);
  else print(renderGateTable(report));
  if (process.env["GITHUB_ACTIONS"] === "true") {
    // They are read from both streams: JSON keeps the standard output to itself.
    printWorkflowCommands(githubAnnotations(report), options.json ? "stderr" : "stdout");
  }
  const markdown = renderGateMarkdown(report, templates);
  summarize(markdown, process.env["GITHUB_STEP_SUMMARY"]);
  if (options.markdown !== undefined) writeFileAtomic(options.markdown, markdown);
  if (options.junit !== undefined) {
    writeFileAtomic(options.junit, renderGateJunit(report, templates));
  }
  if (options.saveBaseline !== undefined) save(outcome, options.saveBaseline);
  return EXIT_OF_VERDICT[report.verdict];
}

/** A summary that can't be written is no reason to lose the verdict. */
function summarize(markdown: string, file: string | undefined): void {
  if (file === undefined || file === "") return;
  try {
    appendFileSync(file, `${markdown}\n`);
  } catch (error) {
    printError(`tradeoff: GITHUB_STEP_SUMMARY: ${String(error)}`);
  }
}

function save({ report, files }: GateOutcome, directory: string): void {
  if (report.verdict !== "pass") {
    printError(`the baseline is not saved: ${report.verdict}`);
    return;
  }
  saveBaseline(files, directory);
  printError(`saved as baseline: ${directory}`);
}

function levels(text: string): number[] {
  return text.split(",").map((part) => {
    const level = Number(part);
    if (part.trim() === "" || !(level > 0)) {
      throw new InvalidArgumentError(`found "${text}", allowed: numbers above 0, as in 4,8`);
    }
    return level;
  });
}
