import type { ScenarioOf } from "../options/scenario-options.ts";
import type { ExecutorContext } from "./executor-context.ts";
import { runLoops } from "./loop-group.ts";
import { UserLoop } from "./user-loop.ts";

/** k6's shared-iterations: users take iterations from one heap until it is empty. */
export async function runSharedIterations(
  options: ScenarioOf<"shared-iterations">,
  context: ExecutorContext,
): Promise<void> {
  const left = { iterations: options.iterations };
  await runCounted(options, context, options.iterations, () => left);
}

/** k6's per-vu-iterations: each user does so many. */
export async function runPerVuIterations(
  options: ScenarioOf<"per-vu-iterations">,
  context: ExecutorContext,
): Promise<void> {
  const { vus, iterations } = options;
  await runCounted(options, context, vus * iterations, () => ({ iterations }));
}

/** What `maxDuration` leaves undone is counted as dropped iterations. */
async function runCounted(
  { vus, maxDuration, gracefulStop }: ScenarioOf<"shared-iterations" | "per-vu-iterations">,
  { scenario, pool, builtin, stop }: ExecutorContext,
  total: number,
  heapOf: () => { iterations: number },
): Promise<void> {
  let taken = 0;
  scenario.progress = () => taken / total;
  const loops = Array.from({ length: vus }, () => {
    const heap = heapOf();
    return new UserLoop(pool, scenario, () => {
      if (heap.iterations === 0) return false;
      heap.iterations -= 1;
      taken += 1;
      return true;
    });
  });
  await runLoops(loops, { regularMs: maxDuration, gracefulStopMs: gracefulStop, stop });
  if (taken < total && !stop.aborted) {
    builtin.droppedIterations.add(total - taken, scenario.options.tags, {
      scenario: scenario.name,
    });
  }
}
