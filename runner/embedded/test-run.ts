import type { Socket } from "node:net";
import { EndOfRun } from "./end-of-run.ts";
import type { UserPool } from "./executors/user-pool.ts";
import { type BuiltinMetrics, declareBuiltinMetrics } from "./metrics/builtin-metrics.ts";
import type { Metric } from "./metrics/metric.ts";
import { MetricRegistry } from "./metrics/metric-registry.ts";
import { createConnector, createDnsCache } from "./net/connector.ts";
import { parseScriptOptions, type ScriptOptions } from "./options/script-options.ts";
import { RunClock } from "./run-clock.ts";
import { CheckGroup } from "./script/check-tree.ts";
import type { ScriptConsole } from "./script/script-console.ts";

/** What the outside gives a run. */
export interface TestRunHost {
  readonly env: Readonly<Record<string, string>>;
  readonly openFile: (file: string, mode?: string) => unknown;
  readonly scriptConsole: ScriptConsole;
  /** What a script threw, in words. */
  readonly describeError: (error: unknown, uncaught: boolean) => string;
}

/** State of one test run that its users, executors and host modules share. */
export class TestRun {
  readonly env: Readonly<Record<string, string>>;
  readonly openFile: TestRunHost["openFile"];
  readonly scriptConsole: ScriptConsole;
  readonly describeError: TestRunHost["describeError"];
  readonly clock = new RunClock();
  readonly registry = new MetricRegistry();
  readonly builtin: BuiltinMetrics = declareBuiltinMetrics(this.registry);
  readonly sseEvent: Metric = this.registry.declare("sse_event", "counter");
  readonly rootGroup = new CheckGroup("", null);
  readonly sharedArrays = new Map<string, object>();
  readonly counters = { iterationsCompleted: 0, iterationsInterrupted: 0 };
  /** Known once user 0 has evaluated the script; k6's defaults before. */
  options: ScriptOptions = parseScriptOptions(undefined);
  pool: UserPool | null = null;
  isMarkedFailed = false;
  readonly #stop = new AbortController();
  readonly #dnsCache = createDnsCache();
  #end: EndOfRun | null = null;
  #setupData: string | undefined;

  constructor(host: TestRunHost) {
    this.env = host.env;
    this.openFile = host.openFile;
    this.scriptConsole = host.scriptConsole;
    this.describeError = host.describeError;
  }

  /** Aborted when the run stops before its plan is through. */
  get stop(): AbortSignal {
    return this.#stop.signal;
  }

  /** Why the run stopped early; `null` where it didn't. */
  get end(): EndOfRun | null {
    return this.#end;
  }

  /** Stop the run: users are interrupted at once. The first reason stands. */
  abort(reason: EndOfRun): void {
    this.#end ??= reason;
    this.#stop.abort();
  }

  /** Whether a script's call ended by stopping the run. */
  isAbort(error: unknown): boolean {
    return error instanceof EndOfRun;
  }

  /** A line of the engine's log, bare as with k6's raw format. */
  log(_level: "warn" | "error", message: string): void {
    process.stderr.write(`${message}\n`);
  }

  /** @throws TypeError where the data has no JSON form */
  keepSetupData(data: unknown): void {
    if (data === undefined) return;
    // k6 gives absent values as null.
    this.#setupData = JSON.stringify(data, (_, value) => (value === undefined ? null : value));
  }

  copyOfSetupData(): unknown {
    return this.#setupData === undefined ? undefined : JSON.parse(this.#setupData);
  }

  get userAgent(): string {
    return this.options.userAgent ?? "tradeoff-embedded";
  }

  readonly connectorFor = (onSocket: (socket: Socket) => void) =>
    createConnector(this.#dnsCache, onSocket);

  /** `exec.test.options`: as the script gave them, short cuts written out as a scenario. */
  get consolidatedOptions(): Readonly<Record<string, unknown>> {
    const { vus, iterations, duration, stages, ...raw } = this.options.raw;
    return { ...raw, scenarios: raw["scenarios"] ?? Object.fromEntries(this.options.scenarios) };
  }
}
