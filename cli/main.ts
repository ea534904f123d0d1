import { Command } from "commander";
import { UserError } from "../lib/core/user-error.ts";
import { addDatasetCommand } from "./dataset-command.ts";
import { EXIT_USAGE, exitCodeOf } from "./exit-codes.ts";
import { addGateCommand } from "./gate-command.ts";
import { addGroundTruthCommand } from "./ground-truth-command.ts";
import { findInstallation } from "./installation.ts";
import { addModelServerCommand } from "./model-server-command.ts";
import { addNewCommand } from "./new-command.ts";
import { addPplCommand } from "./ppl-command.ts";
import { addReportCommand } from "./report-command.ts";
import { addRunCommand } from "./run-command.ts";
import { addSuiteCommand } from "./suite-command.ts";
import { print, printError } from "./terminal.ts";

const installation = findInstallation();
const program = new Command("tradeoff")
  .description("Which model, precision, engine and load: quality, speed and money in one report.")
  .version(installation.version)
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({
    writeOut: (text) => print(text.replace(/\n$/, "")),
    writeErr: (text) => printError(text.replace(/\n$/, "")),
  })
  .exitOverride((error) => {
    process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE);
  });

addRunCommand(program, installation);
addNewCommand(program, installation);
addPplCommand(program, installation);
addDatasetCommand(program, installation);
addModelServerCommand(program, installation);
addGroundTruthCommand(program, installation);
addReportCommand(program, installation);
addSuiteCommand(program, installation);
addGateCommand(program, installation);

// A fault of ours: Node would print it as it is.
process.on("uncaughtException", (error) => {
  printError(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exit(1);
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  printError(`tradeoff: ${error.message}`);
  process.exitCode = exitCodeOf(error.code);
}
