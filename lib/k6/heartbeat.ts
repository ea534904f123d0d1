import { sleep } from "k6";
import exec from "k6/execution";
import type { LoadPlan } from "../core/load-plan.ts";
import { addHeartbeat, cohortTags } from "./metrics.ts";
import { createScenarioClock, type ScenarioClock, scenarioTime } from "./scenario-clock.ts";

const BEAT_MS = 10;
/** A second's worth an iteration, so that k6's count of iterations stays readable. */
const BEATS = 100;

/**
 * The function of the heartbeat's one user: sleeps, and notes how much later than asked it woke up. That is how late the
 * client itself is, also in a closed loop.
 */
export function createHeartbeat(
  plan: LoadPlan,
  startAtEpochMs: number | undefined,
): () => Promise<void> {
  let clock: ScenarioClock | undefined;
  return async () => {
    clock ??= createScenarioClock(exec.instance, startAtEpochMs ?? exec.scenario.startTime);
    for (let beat = 0; beat < BEATS; beat++) {
      const asleepMs = scenarioTime(clock);
      await sleep(BEAT_MS / 1000);
      const awakeMs = scenarioTime(clock);
      addHeartbeat(awakeMs - asleepMs - BEAT_MS, cohortTags(plan, awakeMs));
    }
  };
}
