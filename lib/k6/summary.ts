import type { LoadPlan } from "../core/load-plan.ts";
import { RECORDED_OUTCOMES } from "../core/outcome.ts";
import type { Settings } from "../core/settings.ts";
import { isGate } from "../core/sla-thresholds.ts";
import { count, milliseconds, percent, rate, renderTable } from "./summary-format.ts";

/** The part of k6's summary data that we read. */
export interface SummaryData {
  readonly metrics: Readonly<Record<string, SummaryMetric>>;
}

interface SummaryMetric {
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

export type HandleSummary = (data: SummaryData) => Record<string, string>;

/**
 * The `handleSummary` of a profile: a table of the steady phase on stdout, and k6's data as JSON where `SUMMARY_FILE`
 * says so (its folder must be there: k6 can't make one).
 */
export function createSummary(name: string, settings: Settings, plan: LoadPlan): HandleSummary {
  return (data) => ({
    stdout: renderSummary(name, plan, data),
    ...(settings.summaryFile !== undefined && { [settings.summaryFile]: JSON.stringify(data) }),
  });
}

/** At most 100 columns wide. */
export function renderSummary(name: string, plan: LoadPlan, data: SummaryData): string {
  const started = figure(data, "llm_requests_started", "count") ?? 0;
  if (started === 0) return `\n  ${name}: no request was sent\n\n`;
  const rows = [cohortRow(data, plan, "all", "phase:steady"), ...levelRows(data, plan)];
  const lines = [
    `${name}, steady phase: latency in ms at p50 / p95 / p99`,
    "",
    ...renderTable(
      ["users", "TTFT", "ITL", "E2E", "requests", "tok/s", "good"],
      rows.length === 2 ? rows.slice(0, 1) : rows,
    ),
    "",
    `requests  ${outcomes(data)}`,
    ...thresholdLines(data),
  ];
  return `\n${lines.map((line) => (line === "" ? "" : `  ${line}`)).join("\n")}\n\n`;
}

function levelRows(data: SummaryData, plan: LoadPlan): string[][] {
  const levels = plan.windows.flatMap(({ phase, level }) =>
    phase === "steady" && level !== null ? [level] : [],
  );
  return levels.map((level) =>
    cohortRow(data, plan, String(level), `phase:steady,level:${level}`, level),
  );
}

function cohortRow(
  data: SummaryData,
  plan: LoadPlan,
  label: string,
  tags: string,
  level?: number,
): string[] {
  const seconds = plan.windows
    .filter((w) => w.phase === "steady" && (level === undefined || w.level === level))
    .reduce((sum, w) => sum + (w.endMs - w.startMs) / 1000, 0);
  const of = (metric: string, key: string) => figure(data, `${metric}{${tags}}`, key);
  const latency = (metric: string) =>
    // k6 says 0 for the percentiles of no samples.
    (of(metric, "count") ?? 0) === 0
      ? "-"
      : ["p(50)", "p(95)", "p(99)"].map((p) => milliseconds(of(metric, p))).join(" / ");
  const tokens = of("llm_output_tokens", "count");
  return [
    label,
    latency("llm_ttft"),
    latency("llm_itl"),
    latency("llm_e2e_latency"),
    count(of("llm_requests", "count")),
    tokens === undefined || seconds === 0 ? "-" : rate(tokens / seconds),
    (of("llm_requests", "count") ?? 0) === 0 ? "-" : percent(of("llm_good", "rate")),
  ];
}

function outcomes(data: SummaryData): string {
  const recorded = figure(data, "llm_requests{phase:steady}", "count") ?? 0;
  const started = figure(data, "llm_requests_started{phase:steady}", "count") ?? 0;
  const counted: [string, number][] = RECORDED_OUTCOMES.map((outcome) => [
    outcome,
    figure(data, `llm_requests{phase:steady,outcome:${outcome}}`, "count") ?? 0,
  ]);
  counted.push(["interrupted", started - recorded]);
  const shown = counted.filter(([, n]) => n > 0).map(([outcome, n]) => `${outcome} ${n}`);
  return shown.length === 0 ? "none in the steady phase" : shown.join(", ");
}

function thresholdLines(data: SummaryData): string[] {
  const gates = Object.entries(data.metrics).flatMap(([metric, { thresholds }]) =>
    Object.entries(thresholds ?? {}).flatMap(([threshold, { ok }]) =>
      isGate(threshold) ? [{ line: `${metric} ${threshold}`, ok }] : [],
    ),
  );
  gates.sort((a, b) => (a.line < b.line ? -1 : 1));
  return gates.map(({ line, ok }) => `${ok ? "held    " : "BREACHED"}  ${line}`);
}

function figure(data: SummaryData, metric: string, key: string): number | undefined {
  return data.metrics[metric]?.values[key];
}
