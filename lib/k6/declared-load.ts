import exec from "k6/execution";
import type { LoadPlan } from "../core/load-plan.ts";
import { textHash } from "../core/text-hash.ts";
import { UserError } from "../core/user-error.ts";

/** What the load scenario carries in its environment of the plan that it was declared by. */
export function planMark(plan: LoadPlan): Record<string, string> {
  return { PLAN: textHash(JSON.stringify(plan)) };
}

/**
 * Makes sure that the load k6 will run is the one that phases and levels are computed from. An archive keeps the options
 * it was made with, while the script in it reads the settings of the day: `VUS` or `DURATION` given only then would label
 * requests by a plan that does not run.
 *
 * @throws UserError where they differ
 */
export function assertDeclaredLoad(plan: LoadPlan): void {
  const running = exec.test.options.scenarios?.["load"]?.env?.["PLAN"];
  if (running === planMark(plan)["PLAN"]) return;
  throw new UserError(
    "bad-input",
    "the load that runs is not the one that is declared: VUS, RATE and DURATION are fixed when a profile is archived (give them to k6 archive), and k6's own --vus, --stage and the like do not apply",
  );
}
