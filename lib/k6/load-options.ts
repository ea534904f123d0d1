import type { Options, Scenario } from "k6/options";
import { formatDuration } from "../core/duration.ts";
import type { Settings } from "../core/settings.ts";
import type { Sla } from "../core/sla.ts";
import { mergeThresholds, shownSubmetrics, slaThresholds } from "../core/sla-thresholds.ts";
import type { LoadSchedule } from "../workload/load-shape.ts";

/** What a summary and the report need of each Trend; `count` tells an empty one from one of zeros. */
const TREND_STATISTICS = ["avg", "min", "med", "max", "p(50)", "p(90)", "p(95)", "p(99)", "count"];
const GRACE_MS = 1_000;

/**
 * k6's options of a closed-loop profile. The scenarios name their functions and there is no default one, so that a stray
 * `--vus` on the command line fails instead of replacing the declared load.
 */
export function loadOptions(
  schedule: LoadSchedule,
  settings: Settings,
  sla: Sla,
  gate: "all" | "floors",
): Options {
  const shown = shownSubmetrics(schedule.plan);
  return {
    scenarios: scenariosOf(schedule, settings),
    thresholds:
      schedule.kind === "single-request"
        ? mergeThresholds({ llm_success: ["rate>=1"] }, shown)
        : mergeThresholds(slaThresholds(sla, gate), shown),
    summaryTrendStats: TREND_STATISTICS,
  };
}

function scenariosOf(schedule: LoadSchedule, settings: Settings): Record<string, Scenario> {
  // Longer than any request can take: one that is cut by the end of the scenario leaves no trace.
  const grace = formatDuration(settings.timeoutMs + GRACE_MS);
  if (schedule.kind === "single-request") {
    return {
      load: {
        executor: "per-vu-iterations",
        exec: "run",
        vus: 1,
        iterations: 1,
        maxDuration: grace,
        gracefulStop: grace,
      },
    };
  }
  return {
    load: {
      executor: "ramping-vus",
      exec: "run",
      startVUs: schedule.startVus,
      stages: schedule.stages.map(({ target, durationMs }) => ({
        target,
        duration: formatDuration(durationMs),
      })),
      gracefulStop: grace,
      gracefulRampDown: grace,
    },
    heartbeat: {
      executor: "constant-vus",
      exec: "heartbeat",
      vus: 1,
      duration: formatDuration(schedule.totalMs),
      gracefulStop: "2s",
    },
  };
}
