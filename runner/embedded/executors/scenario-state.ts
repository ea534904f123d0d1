import type { ScenarioOptions } from "../options/scenario-options.ts";

/** A scenario under way: what `exec.scenario` shows. */
export class ScenarioState {
  readonly name: string;
  readonly options: ScenarioOptions;
  /** Epoch milliseconds of its start; `null` before it. */
  startedAtEpochMs: number | null = null;
  /** Share of the work or the time that is done, 0 to 1. */
  progress: () => number = () => 0;
  #iterations = 0;

  constructor(name: string, options: ScenarioOptions) {
    this.name = name;
    this.options = options;
  }

  /** The number of the next iteration, unique in the scenario. */
  nextIteration(): number {
    const iteration = this.#iterations;
    this.#iterations += 1;
    return iteration;
  }
}
