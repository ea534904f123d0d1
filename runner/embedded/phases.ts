import { EndOfRun, EXIT } from "./end-of-run.ts";
import type { CallEnd } from "./script/script-call.ts";
import type { VirtualUser } from "./script/virtual-user.ts";
import { summaryData } from "./summary/summary-data.ts";
import { writeSummary } from "./summary/write-summary.ts";
import type { TestRun } from "./test-run.ts";

type CreateUser = (id: number) => VirtualUser;

const SUMMARY_TIMEOUT_MS = 120_000;

/** @returns whether the load may start: `setup` returned, or there is none */
export async function callSetup(run: TestRun, createUser: CreateUser): Promise<boolean> {
  const user = createUser(0);
  user.tags["group"] = "::setup";
  const cut = () => user.interrupt();
  run.stop.addEventListener("abort", cut);
  const end = run.stop.aborted
    ? ({ kind: "interrupted" } as const)
    : await callWithin(user, "setup", [], run.options.setupTimeoutMs);
  run.stop.removeEventListener("abort", cut);
  user.emitData();
  if (end.kind === "timed-out") {
    run.abort(timeout(EXIT.setupTimeout, "setup", run.options.setupTimeoutMs));
  } else if (end.kind === "threw" && !run.isAbort(end.error)) {
    run.abort(scriptFailure(run, end));
  } else if (end.kind === "returned") {
    run.keepSetupData(end.value);
  }
  return end.kind === "returned" && run.end === null;
}

/** Runs after an interrupt too. */
export async function callTeardown(run: TestRun, createUser: CreateUser): Promise<void> {
  const user = createUser(0);
  user.tags["group"] = "::teardown";
  user.seesInstance = false;
  const { teardownTimeoutMs } = run.options;
  const end = await callWithin(user, "teardown", [run.copyOfSetupData()], teardownTimeoutMs);
  user.emitData();
  if (end.kind === "timed-out") {
    run.abort(timeout(EXIT.teardownTimeout, "teardown", teardownTimeoutMs));
  } else if (end.kind === "threw" && !run.isAbort(end.error)) {
    run.abort(scriptFailure(run, end));
  }
}

/** Where the script has no `handleSummary` or it fails, the default summary is written. */
export async function callHandleSummary(run: TestRun, createUser: CreateUser): Promise<void> {
  const data = summaryData(run);
  const user = createUser(0);
  user.seesInstance = false;
  const end = await callWithin(user, "handleSummary", [data], SUMMARY_TIMEOUT_MS);
  if (end.kind === "threw") run.log("error", run.describeError(end.error, end.uncaught));
  writeSummary(run, end.kind === "returned" ? end.value : undefined, data);
}

async function callWithin(
  user: VirtualUser,
  name: string,
  args: readonly unknown[],
  timeoutMs: number,
): Promise<CallEnd | { readonly kind: "timed-out" }> {
  let isTimeUp = false;
  const timer = setTimeout(() => {
    isTimeUp = true;
    user.interrupt();
  }, timeoutMs);
  const end = await user.callExport(name, args);
  clearTimeout(timer);
  return isTimeUp && end.kind === "interrupted" ? { kind: "timed-out" } : end;
}

/** k6 gives another code where an asynchronous function rejected. */
function scriptFailure(run: TestRun, end: Extract<CallEnd, { kind: "threw" }>): EndOfRun {
  const code = end.uncaught ? EXIT.other : EXIT.scriptException;
  return new EndOfRun(code, run.describeError(end.error, end.uncaught), { cause: end.error });
}

function timeout(code: 100 | 101, phase: string, ms: number): EndOfRun {
  return new EndOfRun(code, `${phase}() execution timed out after ${ms / 1000} seconds`);
}
