import { runScenario } from "./executors/run-scenarios.ts";
import { ScenarioState } from "./executors/scenario-state.ts";
import type { UserPool } from "./executors/user-pool.ts";
import type { TestRun } from "./test-run.ts";

const TICK_MS = 1000;

/** Run all scenarios side by side; once a second note how many users there are. */
export async function runLoad(run: TestRun, pool: UserPool): Promise<void> {
  const { builtin, stop, options } = run;
  const countUsers = () => {
    builtin.vus.add(pool.active, options.tags, {});
    builtin.vusMax.add(pool.size, options.tags, {});
  };
  const timer = setInterval(countUsers, TICK_MS);
  try {
    await Promise.all(
      [...options.scenarios].map(([name, scenario]) =>
        runScenario({ scenario: new ScenarioState(name, scenario), pool, builtin, stop }),
      ),
    );
  } finally {
    clearInterval(timer);
  }
}
