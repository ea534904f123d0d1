// @transient
import type { LoadPlan } from "../core/load-plan.ts";
import type { LoadSchedule } from "../workload/load-shape.ts";
import type { Task } from "../workload/task.ts";
import { renderTable } from "./text-table.ts";

/** How many requests of a closed loop stand for all: how many there will be is up to the server. */
const CLOSED_LOOP_SAMPLE = 1_000;
const SHOWN_ARRIVALS = 20;

/** What a run would send, and when. Times are milliseconds since T0. */
interface DryRun {
  readonly profile: string;
  readonly plan: LoadPlan;
  /** When each request of an open loop is due; `null` in a closed loop. */
  readonly arrivalsMs: readonly number[] | null;
  /** Over all requests of an open loop, and over the first 1,000 of a closed one. */
  readonly requests: number;
  readonly outputTokens: number;
  readonly inputWords: number;
  /** In the target model's tokens, where the data set says them of every request; else `null`. */
  readonly inputTokens: number | null;
}

/**
 * Plans a run without a server.
 *
 * @returns what `handleSummary` does: the plan for a person on stdout, and as JSON where `SUMMARY_FILE` says so
 */
export function dryRun(
  profile: string,
  schedule: LoadSchedule,
  taskOf: (request: number, runId: string) => Task,
  summaryFile: string | undefined,
): Record<string, string> {
  const planned = planRun(profile, schedule, taskOf);
  return {
    stdout: renderDryRun(planned),
    ...(summaryFile !== undefined && { [summaryFile]: JSON.stringify(planned) }),
  };
}

function planRun(
  profile: string,
  schedule: LoadSchedule,
  taskOf: (request: number, runId: string) => Task,
): DryRun {
  const arrivalsMs = schedule.kind === "arrivals" ? Array.from(schedule.timesMs) : null;
  const tasks = Array.from({ length: arrivalsMs?.length ?? CLOSED_LOOP_SAMPLE }, (_, i) =>
    taskOf(i, "dry-run"),
  );
  const turns = tasks.flatMap((task) => task.turns);
  return {
    profile,
    plan: schedule.plan,
    arrivalsMs,
    requests: turns.length,
    outputTokens: turns.reduce((sum, turn) => sum + turn.outputTokens, 0),
    inputWords: turns.reduce(
      (sum, { messages }) => messages.reduce((n, m) => n + m.content.split(/\s+/).length, sum),
      0,
    ),
    inputTokens: turns.reduce<number | null>(
      (sum, { inputTokens }) => (sum === null || inputTokens === null ? null : sum + inputTokens),
      0,
    ),
  };
}

/** The plan for a person. */
function renderDryRun({ profile, plan, arrivalsMs, ...run }: DryRun): string {
  const open = arrivalsMs !== null;
  const rows = plan.windows.map(({ phase, level, startMs, endMs, arrivals }) => [
    phase,
    level === null ? "ramp" : String(level),
    `${startMs / 1000} s`,
    `${endMs / 1000} s`,
    arrivals === null ? "-" : String(arrivals),
  ]);
  const shown = (arrivalsMs ?? []).slice(0, SHOWN_ARRIVALS).map((ms) => ms.toFixed(1));
  const more = (arrivalsMs?.length ?? 0) - shown.length;
  const [input, unit] =
    run.inputTokens === null ? [run.inputWords, "words"] : [run.inputTokens, "tokens"];
  const lines = [
    `${profile}: ${open ? "open" : "closed"} loop, at most ${plan.maxVus} in flight; nothing was sent`,
    "",
    ...renderTable(["phase", open ? "req/s" : "users", "from", "to", "requests"], rows),
    "",
    open
      ? `${run.requests} requests ask for ${run.outputTokens} output tokens; their own input is ${input} ${unit}`
      : `a request asks for ${Math.round(run.outputTokens / run.requests)} output tokens on average, with ${Math.round(input / run.requests)} ${unit} of its own`,
    ...(open ? [`due, ms since T0: ${shown.join(" ")}${more > 0 ? ` and ${more} more` : ""}`] : []),
  ];
  return `\n${lines.map((line) => `  ${line}`.trimEnd()).join("\n")}\n\n`;
}
