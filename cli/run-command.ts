import { type Command, InvalidArgumentError, Option } from "commander";
import { parseJson } from "../lib/core/parse-json.ts";
import { describeSettings } from "../lib/core/settings.ts";
import { shellArgument } from "../lib/core/shell-argument.ts";
import { UserError } from "../lib/core/user-error.ts";
import type { RunFile } from "../records/run.ts";
import { ENGINE_CHOICES, type EngineChoice } from "../runner/choose-engine.ts";
import { dryRun } from "../runner/dry-run.ts";
import { type ProfileResult, runProfile } from "../runner/run-profile.ts";
import type { Installation } from "./installation.ts";
import { handleInterrupt } from "./interrupt.ts";
import { printOnce } from "./once-view.ts";
import { startRunProgress } from "./run-progress.ts";
import { collectSetting, settingsHelp, settingsOf } from "./settings-flags.ts";
import { print, printJson } from "./terminal.ts";

/** One request, of which everything is wanted. */
const ONCE_SETTINGS = { ONCE: "1", TEXT: "full" } as const;

interface RunOptions {
  readonly engine: EngineChoice;
  readonly out: string;
  readonly env: Readonly<Record<string, string>>;
  readonly metricsUrl?: string;
  readonly once: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

export function addRunCommand(program: Command, installation: Installation): void {
  program
    .command("run")
    .description("load a server with a traffic profile and leave a run folder")
    .argument("<profile>", "name of a profile in scenarios/, or path of a bundle")
    .addOption(
      new Option("--engine <engine>", "what drives the load")
        .choices(ENGINE_CHOICES)
        .default("auto"),
    )
    .option(
      "--out <dir>",
      "folder of the suite; the run goes to <dir>/runs/<id>",
      "results/default",
    )
    .option("-e, --env <KEY=VALUE>", "a setting (repeatable), see below", collectSetting, {})
    .option(
      "--metrics-url <url>",
      "where the server's metrics are, if not at BASE_URL/metrics: http://gpu:8002/metrics",
      webAddress,
    )
    .option("--once", "send one request and print its timeline and text", false)
    .option("--dry-run", "print what would be sent when, and send nothing", false)
    .option("--json", "print the result as one JSON object", false)
    .addHelpText("after", settingsHelp())
    .action(async (profile: string, options: RunOptions) => {
      process.exitCode = await run(profile, options, installation);
    });
}

async function run(
  profile: string,
  options: RunOptions,
  installation: Installation,
): Promise<number> {
  const settings = settingsOf(options.env, process.env);
  if (options.dryRun) return printPlan(profile, settings, options, installation);
  const abort = new AbortController();
  const restore = handleInterrupt(() => abort.abort());
  const progress = startRunProgress();
  const printSettings = once((settings: RunFile["settings"]) => {
    progress.log(`settings: ${describeSettings(settings)}`);
  });
  try {
    const result = await runProfile({
      profile,
      engine: options.engine,
      outDirectory: options.out,
      settings: options.once ? { ...settings, ...ONCE_SETTINGS } : settings,
      flags: Object.keys(options.env),
      ownSettings: options.once ? Object.keys(ONCE_SETTINGS) : [],
      metricsUrl: options.metricsUrl,
      installation,
      onStart: (engine) => {
        const version = engine.name === "k6" ? engine.version : `embedded engine ${engine.version}`;
        progress.log(`${version} (${engine.why})`);
      },
      onProgress: (view) => {
        if (view.header !== undefined) printSettings(view.header.settings);
        progress.update(view);
      },
      onLogLine: progress.log,
      signal: abort.signal,
    });
    // A run can be over before anybody has looked at its records.
    if (result.run.plan !== null) printSettings(result.run.settings);
    progress.stop();
    await printResult(result, options);
    return result.run.exit?.code ?? 1;
  } finally {
    progress.stop();
    restore();
  }
}

function webAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username + url.password === "") {
    return url.href;
  }
  throw new InvalidArgumentError(
    `found "${text}", allowed: an http:// or https:// address without user and password (http://gpu:8002/metrics)`,
  );
}

async function printPlan(
  profile: string,
  settings: Readonly<Record<string, string>>,
  { json, once }: RunOptions,
  installation: Installation,
): Promise<number> {
  if (once) throw new UserError("bad-input", "--dry-run: not with --once, which has no plan");
  const plan = await dryRun({ profile, settings, installation });
  if (json) printJson(parseJson(plan.json));
  else print(plan.text.trimEnd());
  return 0;
}

async function printResult(result: ProfileResult, options: RunOptions): Promise<void> {
  if (options.json) printJson({ directory: result.directory, run: result.run });
  else if (options.once) await printOnce(result.directory);
  else {
    const summary = result.summaryText.trimEnd();
    if (summary !== "") print(`${summary}\n`);
    print(`${result.directory}\nreport: npx tradeoff report ${shellArgument(options.out)}`);
  }
}

/** A function that acts at its first call alone. */
function once<T>(act: (value: T) => void): (value: T) => void {
  let done = false;
  return (value) => {
    if (done) return;
    done = true;
    act(value);
  };
}
