import type { ScenarioOf } from "../options/scenario-options.ts";
import type { ExecutorContext } from "./executor-context.ts";
import { runLoops } from "./loop-group.ts";
import { UserLoop } from "./user-loop.ts";

/** k6's constant-vus: so many users iterate for so long. */
export async function runConstantVus(
  { vus, duration, gracefulStop }: ScenarioOf<"constant-vus">,
  { scenario, pool, stop }: ExecutorContext,
): Promise<void> {
  const startedAt = performance.now();
  const elapsed = () => performance.now() - startedAt;
  scenario.progress = () => Math.min(1, elapsed() / duration);
  const loops = Array.from(
    { length: vus },
    () => new UserLoop(pool, scenario, () => elapsed() < duration),
  );
  await runLoops(loops, { regularMs: duration, gracefulStopMs: gracefulStop, stop });
}
