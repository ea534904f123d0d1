import type { ScenarioState } from "../executors/scenario-state.ts";
import { HttpConnections } from "../net/http-connections.ts";
import type { TestRun } from "../test-run.ts";
import type { BundleInstance, CompiledBundle } from "./compile-bundle.ts";
import { HostError } from "./host-error.ts";
import { createRequire } from "./host-modules.ts";
import { type CallEnd, ScriptCall } from "./script-call.ts";

const OPEN_IN_INIT_ONLY =
  'the "open" function is only available in the init stage (i.e. the global scope)';

/**
 * One virtual user: the script evaluated in a scope of its own, and what the host modules know of who is calling.
 * User 0 runs `setup`, `teardown` and `handleSummary`.
 */
export class VirtualUser {
  readonly id: number;
  readonly run: TestRun;
  readonly instance: BundleInstance;
  /** The call under way; `null` in the init context and between iterations. */
  call: ScriptCall | null = null;
  scenario: ScenarioState | null = null;
  /** Tags that every sample of this user carries; a script changes them by `exec.vu.metrics.tags`. */
  tags: Record<string, string> = {};
  metadata: Record<string, string> = {};
  /** Iterations of this user before the present one, in all scenarios; -1 before the first. */
  iteration = -1;
  iterationInScenarioOfInstance = 0;
  /** False in the script's init context. */
  isInitialized = false;
  /** As k6 has it: `setup` and iterations can see how far the instance is, `teardown` and `handleSummary` can't. */
  seesInstance = true;
  bytesSent = 0;
  bytesReceived = 0;
  /** Of `k6/http`; a stream has a connection of its own. */
  readonly connections: HttpConnections;
  readonly #iterationsByScenario = new Map<string, number>();
  #setupData: { readonly value: unknown } | null = null;

  /** Evaluates the script. @throws whatever its init context throws */
  constructor(id: number, run: TestRun, bundle: CompiledBundle) {
    this.id = id;
    this.run = run;
    this.connections = new HttpConnections(run.connectorFor);
    this.tags = { ...run.options.tags };
    this.instance = bundle.instantiate({
      vuId: id,
      env: run.env,
      require: createRequire(this),
      openFile: (file, mode) => {
        if (this.isInitialized) throw new HostError(OPEN_IN_INIT_ONLY);
        return run.openFile(file, mode);
      },
      console: run.scriptConsole,
      currentCall: () => this.call,
    });
    this.isInitialized = true;
  }

  get iterationInScenario(): number {
    return this.scenario === null ? 0 : (this.#iterationsByScenario.get(this.scenario.name) ?? 0);
  }

  /** A scenario takes this user: its tags and environment replace those of the one before. */
  activate(scenario: ScenarioState): void {
    this.scenario = scenario;
    this.tags = {
      ...this.run.options.tags,
      ...scenario.options.tags,
      group: "",
      scenario: scenario.name,
    };
    this.metadata = {};
    this.instance.setEnv({ ...this.run.env, ...scenario.options.env });
  }

  /** Cut the iteration under way, if there is one. */
  interrupt(): void {
    this.call?.interrupt();
  }

  /** One iteration of the scenario's function, with k6's metrics for it. */
  async iterate(scenario: ScenarioState): Promise<void> {
    const { run } = this;
    this.iteration += 1;
    this.#iterationsByScenario.set(
      scenario.name,
      (this.#iterationsByScenario.get(scenario.name) ?? -1) + 1,
    );
    this.iterationInScenarioOfInstance = scenario.nextIteration();
    this.instance.setIteration(this.iteration);
    const startedAt = performance.now();
    const end = await this.callExport(scenario.options.exec, [this.#copyOfSetupData()]);
    this.emitData();
    const isAbortedHere = end.kind === "threw" && run.isAbort(end.error);
    if (end.kind !== "interrupted") {
      run.builtin.iterationDuration.add(performance.now() - startedAt, this.tags, {});
      run.builtin.iterations.add(1, this.tags, {});
    }
    if (end.kind === "interrupted" || isAbortedHere) {
      run.counters.iterationsInterrupted += 1;
      return;
    }
    if (end.kind === "threw") run.log("error", run.describeError(end.error, end.uncaught));
    run.counters.iterationsCompleted += 1;
  }

  /** Call an exported function by name; nothing happens where there is none. */
  async callExport(name: string, args: readonly unknown[]): Promise<CallEnd> {
    const fn = this.instance.exports[name];
    if (typeof fn !== "function") return { kind: "returned", value: undefined };
    const call = new ScriptCall((reason) => this.run.abort(reason));
    this.call = call;
    const end = await call.run((...given) => Reflect.apply(fn, undefined, given), args);
    if (this.call === call) this.call = null;
    return end;
  }

  /** Bytes on the wire since the last time, as k6's samples. */
  emitData(): void {
    this.run.builtin.dataSent.add(this.bytesSent, this.tags, {});
    this.run.builtin.dataReceived.add(this.bytesReceived, this.tags, {});
    this.bytesSent = 0;
    this.bytesReceived = 0;
  }

  /** The data of `setup`, a copy for each user as on k6. */
  #copyOfSetupData(): unknown {
    this.#setupData ??= { value: this.run.copyOfSetupData() };
    return this.#setupData.value;
  }
}
