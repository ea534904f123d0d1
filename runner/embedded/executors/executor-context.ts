import type { BuiltinMetrics } from "../metrics/builtin-metrics.ts";
import type { ScenarioState } from "./scenario-state.ts";
import type { UserPool } from "./user-pool.ts";

/** What an executor has to work with. */
export interface ExecutorContext {
  readonly scenario: ScenarioState;
  readonly pool: UserPool;
  readonly builtin: BuiltinMetrics;
  /** Aborted when the whole run stops: users are interrupted at once. */
  readonly stop: AbortSignal;
}
