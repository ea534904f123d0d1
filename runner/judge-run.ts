import { breachInWords, brokenLimit, healthAdvice } from "../lib/core/health.ts";
import { RECORDED_OUTCOMES, type RecordedOutcome } from "../lib/core/outcome.ts";
import { summaryHealthFigures } from "../lib/core/summary-health.ts";
import type { RunFile } from "../records/run.ts";
import type { LiveView } from "./records-tail.ts";
import type { RunSummary } from "./run-summary.ts";

/** Exit code of a run whose client was itself too late: no result, and no breach either. */
export const CLIENT_LIMITED = 95;
/** k6's exit code of a run whose thresholds do not all hold. */
export const THRESHOLDS_BREACHED = 99;

/**
 * Requests started (k6's counter, taken before the stream is opened) against requests recorded: what lies between
 * was cut by the end of the run and left no other trace. `null` where the run left no summary.
 */
export function countRequests(
  summary: RunSummary | undefined,
  { recorded, unsent }: Pick<LiveView, "recorded" | "unsent">,
): RunFile["counts"] {
  if (summary === undefined) return null;
  const started = summary["llm_requests_started"]?.values["count"] ?? 0;
  const ended = recorded - unsent;
  return { started, recorded: ended, interrupted: Math.max(0, started - ended), unsent };
}

/** The health of the steady phase. `null` where the run left no summary. */
export function judgeHealth(summary: RunSummary | undefined): RunFile["health"] {
  if (summary === undefined) return null;
  const figures = summaryHealthFigures(summary);
  const broken = brokenLimit(figures);
  if (broken === undefined) return { verdict: "valid", reason: null, figures: { ...figures } };
  const reason = `${breachInWords(broken, figures)}: ${healthAdvice(broken)}`;
  return { verdict: broken.verdict, reason, figures: { ...figures } };
}

/**
 * The exit code of a run: the engine's, but that of a run whose client was late is no breach of the server's. That requests
 * failed is one all the same, whoever was late; those that a late client never sent did not fail.
 */
export function exitCodeOf(
  engineCode: number,
  health: RunFile["health"],
  summary: RunSummary | undefined,
  gated: boolean,
): number {
  const limited = gated && health?.verdict === "client-limited";
  if (!limited || (engineCode !== 0 && engineCode !== THRESHOLDS_BREACHED)) return engineCode;
  return floorsHold(summary) || failuresAreUnsent(summary) ? CLIENT_LIMITED : engineCode;
}

/** Whether what kept the floors from holding is what was never sent: of what was sent, nothing failed. */
function failuresAreUnsent(summary: RunSummary | undefined): boolean {
  const of = (outcome: RecordedOutcome) =>
    summary?.[`llm_requests{phase:steady,outcome:${outcome}}`]?.values["count"] ?? 0;
  const failed = RECORDED_OUTCOMES.filter((o) => o !== "completed" && o !== "unsent");
  return of("unsent") > 0 && failed.every((outcome) => of(outcome) === 0);
}

function floorsHold(summary: RunSummary | undefined): boolean {
  return Object.entries(summary ?? {}).every(
    ([metric, { thresholds }]) =>
      !/^llm_(?:success|requests)\b/.test(metric) ||
      Object.values(thresholds ?? {}).every(({ ok }) => ok),
  );
}
