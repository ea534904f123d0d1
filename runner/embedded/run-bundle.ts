import { EndOfRun, EXIT, type ExitCode } from "./end-of-run.ts";
import { usersNeeded } from "./executors/run-scenarios.ts";
import { UserPool } from "./executors/user-pool.ts";
import { LineFile } from "./line-file.ts";
import { ThresholdSet } from "./metrics/threshold-set.ts";
import { parseScriptOptions } from "./options/script-options.ts";
import { callHandleSummary, callSetup, callTeardown } from "./phases.ts";
import { runLoad } from "./run-load.ts";
import { type CompiledBundle, compileBundle } from "./script/compile-bundle.ts";
import { describeError } from "./script/describe-error.ts";
import { createOpenFile } from "./script/open-file.ts";
import { createScriptConsole } from "./script/script-console.ts";
import { VirtualUser } from "./script/virtual-user.ts";
import { TestRun } from "./test-run.ts";
import { watchThresholds } from "./watch-thresholds.ts";

export interface BundleRun {
  readonly bundlePath: string;
  /** File that console lines are appended to, raw. */
  readonly consoleOutput: string;
  /** The script's `__ENV`. */
  readonly env: Readonly<Record<string, string>>;
  /** Its abort is k6's first Ctrl-C: iterations are interrupted, then come teardown and summary. */
  readonly signal: AbortSignal;
}

/**
 * Run a k6 script as `k6 run` does: summary on standard output, log on standard error.
 *
 * @returns k6's exit code; whatever is wrong with the script is said on standard error, not thrown
 */
export async function runBundle(job: BundleRun): Promise<{ readonly exitCode: ExitCode }> {
  let lines: LineFile | null = null;
  let release = () => {};
  try {
    const file = new LineFile(job.consoleOutput);
    lines = file;
    const bundle = await compileBundle(job.bundlePath);
    const run = new TestRun({
      env: job.env,
      describeError: (error, uncaught) => describeError(error, uncaught, bundle),
      openFile: createOpenFile(job.bundlePath),
      scriptConsole: createScriptConsole((line) => file.write(line)),
    });
    release = heedProcess(run, file);
    return { exitCode: await runTest(run, bundle, job.signal) };
  } catch (error) {
    const end = error instanceof EndOfRun ? error : null;
    const text = end?.message ?? (error instanceof Error ? error.stack : String(error));
    process.stderr.write(`${text}\n`);
    return { exitCode: end?.exitCode ?? EXIT.other };
  } finally {
    release();
    lines?.close();
  }
}

/**
 * What reaches the process and not the script: a promise of the script that nobody handles is logged, as on k6, and lines
 * are written out where the process is told to exit.
 *
 * @returns what takes it back
 */
function heedProcess(run: TestRun, lines: LineFile): () => void {
  const logRejection = (error: unknown) => {
    // One that ends the run is told at its end.
    if (!run.isAbort(error)) run.log("error", run.describeError(error, true));
  };
  const flush = () => lines.flush();
  process.on("unhandledRejection", logRejection);
  process.on("exit", flush);
  return () => {
    process.off("unhandledRejection", logRejection);
    process.off("exit", flush);
  };
}

async function runTest(
  run: TestRun,
  bundle: CompiledBundle,
  signal: AbortSignal,
): Promise<ExitCode> {
  const createUser = userFactory(run, bundle);
  const first = createUser(0);
  run.options = parseScriptOptions(first.instance.exports["options"]);
  checkExports(first, run);
  const thresholds = new ThresholdSet(run.options.thresholds, run.registry);
  for (const name of run.options.ignored) {
    run.log("warn", `options.${name}: the embedded engine passes over this option`);
  }
  const size = usersNeeded(run.options.scenarios.values());
  run.pool = new UserPool(Array.from({ length: size }, (_, index) => createUser(index + 1)));

  const interrupt = () => {
    run.abort(
      new EndOfRun(
        EXIT.interrupted,
        "test run was aborted because k6 received a 'interrupt' signal",
      ),
    );
  };
  if (signal.aborted) interrupt();
  signal.addEventListener("abort", interrupt);
  run.clock.start();
  const watch = watchThresholds(run, thresholds);
  if (await callSetup(run, createUser)) {
    await runLoad(run, run.pool);
    await callTeardown(run, createUser);
  }
  run.clock.end();
  watch.stop();
  const breached = thresholds.breached(run.clock.nowMs(), false);
  await callHandleSummary(run, createUser);
  if (run.end !== null) {
    run.log("error", run.end.message);
    return run.end.exitCode;
  }
  if (breached.length > 0) {
    run.log("error", `thresholds on metrics '${breached.join(", ")}' have been crossed`);
    return EXIT.thresholdsFailed;
  }
  if (run.isMarkedFailed) {
    run.log("error", "test run was marked as failed");
    return EXIT.markedAsFailed;
  }
  return EXIT.ok;
}

/** A script that fails while it is loaded ends the run, as on k6. */
function userFactory(run: TestRun, bundle: CompiledBundle): (id: number) => VirtualUser {
  return (id) => {
    try {
      return new VirtualUser(id, run, bundle);
    } catch (error) {
      if (error instanceof EndOfRun) throw error;
      throw new EndOfRun(EXIT.scriptException, run.describeError(error, false), { cause: error });
    }
  };
}

/** @throws EndOfRun (104) where a scenario's function is not exported */
function checkExports(user: VirtualUser, run: TestRun): void {
  for (const [name, { exec }] of run.options.scenarios) {
    if (typeof user.instance.exports[exec] === "function") continue;
    throw new EndOfRun(
      EXIT.invalidConfig,
      `executor ${name}: function '${exec}' not found in exports`,
    );
  }
}
