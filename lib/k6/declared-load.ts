import exec from "k6/execution";
import type { Scenario } from "k6/options";
import { parseDuration } from "../core/duration.ts";
import { UserError } from "../core/user-error.ts";
import type { LoadSchedule } from "../workload/load-shape.ts";

/**
 * Makes sure that the load k6 will run is the one that phases and levels are computed from. An archive keeps the options
 * it was made with, while the script in it reads the settings of the day: `VUS` or `DURATION` given only then would label
 * requests by a plan that does not run.
 *
 * @throws UserError where they differ
 */
export function assertDeclaredLoad(schedule: LoadSchedule): void {
  if (isDeclared(schedule, exec.test.options.scenarios?.["load"])) return;
  throw new UserError(
    "bad-input",
    "the load that runs is not the one that is declared: VUS and DURATION are fixed when a profile is archived (give them to k6 archive), and k6's own --vus, --stage and the like do not apply",
  );
}

function isDeclared(schedule: LoadSchedule, load: Scenario | undefined): boolean {
  if (schedule.kind === "single-request") return load?.executor === "per-vu-iterations";
  if (load?.executor !== "ramping-vus") return false;
  const declared = schedule.stages.flatMap((stage) => [stage.target, stage.durationMs]);
  const running = load.stages.flatMap((stage) => [stage.target, parseDuration(stage.duration)]);
  return load.startVUs === schedule.startVus && running.join() === declared.join();
}
