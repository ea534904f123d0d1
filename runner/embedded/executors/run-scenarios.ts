import type { ScenarioOptions } from "../options/scenario-options.ts";
import { waitUntil } from "../wait.ts";
import { runConstantVus } from "./constant-vus.ts";
import { runPerVuIterations, runSharedIterations } from "./counted-iterations.ts";
import type { ExecutorContext } from "./executor-context.ts";
import { rampDuration, rampPeak } from "./ramp-steps.ts";
import { runRampingVus } from "./ramping-vus.ts";

/** Waits for the scenario's start time and runs it to its end. */
export async function runScenario(context: ExecutorContext): Promise<void> {
  const { scenario, stop } = context;
  const { options } = scenario;
  await waitUntil(performance.now() + options.startTime, stop);
  if (stop.aborted) return;
  scenario.startedAtEpochMs = Date.now();
  switch (options.executor) {
    case "constant-vus":
      return runConstantVus(options, context);
    case "ramping-vus":
      return runRampingVus(options, context);
    case "shared-iterations":
      return runSharedIterations(options, context);
    case "per-vu-iterations":
      return runPerVuIterations(options, context);
    default:
      return options satisfies never;
  }
}

/**
 * How many users have to be there for the scenarios together: each is counted with its peak from its start to the
 * latest end of its grace. (k6 plans ramps finer; it may count fewer where scenarios overlap.)
 */
export function usersNeeded(scenarios: Iterable<ScenarioOptions>): number {
  const spans = [...scenarios].map((options) => ({
    startMs: options.startTime,
    endMs: options.startTime + longestMs(options) + options.gracefulStop,
    users: options.executor === "ramping-vus" ? rampPeak(options) : options.vus,
  }));
  return Math.max(
    ...spans.map(({ startMs }) =>
      spans
        .filter((span) => span.startMs <= startMs && startMs <= span.endMs)
        .reduce((sum, span) => sum + span.users, 0),
    ),
  );
}

function longestMs(options: ScenarioOptions): number {
  switch (options.executor) {
    case "constant-vus":
      return options.duration;
    case "ramping-vus":
      return rampDuration(options);
    default:
      return options.maxDuration;
  }
}
