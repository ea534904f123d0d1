import { UserError } from "../lib/core/user-error.ts";
import { runPerplexity } from "../ppl-runner/run-perplexity.ts";
import type { EngineChoice } from "../runner/choose-engine.ts";
import { dryRun } from "../runner/dry-run.ts";
import { CLIENT_LIMITED, THRESHOLDS_BREACHED } from "../runner/judge-run.ts";
import type { LiveView } from "../runner/records-tail.ts";
import { type Installation, type ProfileResult, runProfile } from "../runner/run-profile.ts";
import { startServerProcess } from "./server-process.ts";
import type { Suite, SuiteVariant } from "./suite-file.ts";

/** What a suite is doing, for whoever shows it. */
export type SuiteStep =
  | { readonly kind: "quality"; readonly variant: string; readonly fraction: number }
  | {
      readonly kind: "load";
      readonly variant: string;
      readonly repeat: number;
      readonly view: LiveView | undefined;
    };

export interface SuiteRun {
  readonly suite: Suite;
  readonly outDirectory: string;
  readonly engine: EngineChoice;
  /** For the variants that have a `baseUrl`. */
  readonly apiKey: string | undefined;
  readonly installation: Installation & { readonly commandEntry: string };
  readonly onStep: (step: SuiteStep) => void;
  readonly onLogLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Folders of what this suite measured: what its report is made of. */
export interface SuiteResult {
  readonly qualityDirectories: readonly string[];
  readonly runDirectories: readonly string[];
}

/**
 * Measures every variant's quality, then loads each of them `repeats` times. Every second repeat goes through the
 * variants backwards, so that a machine that slowly warms up or gets busy does not favour one of them.
 *
 * @throws UserError from any of its steps; a run that its thresholds fail is a result, not an error
 */
export async function runSuite(run: SuiteRun): Promise<SuiteResult> {
  // Perplexity takes minutes: a slip in the settings should not show after it.
  const { profile, settings } = run.suite;
  await dryRun({ profile, settings, installation: run.installation });
  const qualityDirectories: string[] = [];
  for (const variant of run.suite.variants) {
    stopIfInterrupted(run.signal);
    qualityDirectories.push(await measureQuality(run, variant));
  }
  const runDirectories: string[] = [];
  for (let repeat = 1; repeat <= run.suite.repeats; repeat += 1) {
    const order = repeat % 2 === 1 ? run.suite.variants : run.suite.variants.toReversed();
    for (const variant of order) {
      stopIfInterrupted(run.signal);
      const result = await loadVariant(run, variant, repeat);
      failOnBrokenRun(result);
      runDirectories.push(result.directory);
    }
  }
  stopIfInterrupted(run.signal);
  return { qualityDirectories, runDirectories };
}

async function measureQuality(run: SuiteRun, variant: SuiteVariant): Promise<string> {
  const { text, windowTokens, strideTokens } = run.suite.quality;
  const { directory } = await runPerplexity({
    modelDirectory: variant.model,
    textFile: text,
    windowTokens,
    strideTokens,
    provider: "auto",
    outDirectory: run.outDirectory,
    variant: variant.name,
    labels: variant.labels,
    version: run.installation.version,
    onProgress: ({ fraction }) => run.onStep({ kind: "quality", variant: variant.name, fraction }),
    signal: run.signal,
  });
  return directory;
}

async function loadVariant(
  run: SuiteRun,
  variant: SuiteVariant,
  repeat: number,
): Promise<ProfileResult> {
  const load = (view: LiveView | undefined) =>
    run.onStep({ kind: "load", variant: variant.name, repeat, view });
  load(undefined);
  if (variant.baseUrl !== undefined) {
    return loadServer(run, variant, repeat, variant.baseUrl, variant.servedModel, load);
  }
  const server = await startServerProcess(run.installation.commandEntry, variant.model);
  try {
    return await loadServer(run, variant, repeat, server.url, server.model, load);
  } finally {
    await server.stop();
  }
}

/** How engines end where a threshold does not hold: in a suite a result, which the report tells. */
const BREACH = /thresholds on metrics .* have been crossed/;

async function loadServer(
  run: SuiteRun,
  variant: SuiteVariant,
  repeat: number,
  baseUrl: string,
  model: string | undefined,
  onView: (view: LiveView) => void,
): Promise<ProfileResult> {
  const log = (line: string) => run.onLogLine(`${variant.name}, repeat ${repeat}: ${line}`);
  const result = await runProfile({
    profile: run.suite.profile,
    engine: run.engine,
    outDirectory: run.outDirectory,
    settings: {
      // A repeat asks other questions of the server than the one before: same seed, same prompts, and a prefix cache
      // would answer them.
      SEED: String(repeat),
      ...run.suite.settings,
      BASE_URL: baseUrl,
      ...(model === undefined ? {} : { MODEL: model }),
      ...(variant.baseUrl === undefined || run.apiKey === undefined ? {} : { API_KEY: run.apiKey }),
      LABELS: labelsSetting({ ...variant.labels, variant: variant.name, repeat: String(repeat) }),
    },
    flags: [],
    ownSettings: ["BASE_URL", "MODEL", "LABELS", "SEED", ...Object.keys(run.suite.settings)],
    metricsUrl: variant.metricsUrl,
    installation: run.installation,
    onStart: () => {},
    onProgress: onView,
    onLogLine: (line) => {
      if (!BREACH.test(line)) log(line);
    },
    signal: run.signal,
  });
  const { health, exit } = result.run;
  if (health?.verdict === "client-limited") log(`client-limited: ${health.reason}`);
  else if (exit?.code === THRESHOLDS_BREACHED) log(`${exit.reason}: the report says by what`);
  return result;
}

/** A breached threshold and a client that was late are results, which the report tells; a script that could not do its work is not. */
function failOnBrokenRun({ run, directory }: ProfileResult): void {
  const { exit } = run;
  if (run.state === "interrupted" || exit === null || RESULTS.includes(exit.code)) return;
  throw new UserError("bad-input", `${directory}: ${exit.reason} (exit ${exit.code})`);
}

const RESULTS: readonly number[] = [0, CLIENT_LIMITED, THRESHOLDS_BREACHED];

function labelsSetting(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(",");
}

function stopIfInterrupted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw new UserError(
      "interrupted",
      "stopped; what was measured so far is kept, and no report was made",
    );
  }
}
