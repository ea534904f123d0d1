// @transient
import { breachInWords, brokenLimit, healthAdvice } from "../core/health.ts";
import type { LoadPlan } from "../core/load-plan.ts";
import { RECORDED_OUTCOMES } from "../core/outcome.ts";
import { createRedactor } from "../core/redact.ts";
import type { Settings } from "../core/settings.ts";
import { isGate } from "../core/sla-thresholds.ts";
import { summaryHealthFigures } from "../core/summary-health.ts";
import { renderTable } from "./text-table.ts";

/** The part of k6's summary data that we read. */
export interface SummaryData {
  readonly metrics: Readonly<Record<string, SummaryMetric>>;
  /** Absent in data made by hand. */
  readonly state?: { readonly testRunDurationMs: number };
  /** What `setup` gave to the users. */
  readonly setup_data?: { readonly model: string } | null;
}

interface SummaryMetric {
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

/** What is summed up: a profile's plan, and the streams it mixes. */
export interface SummarizedRun {
  readonly name: string;
  readonly plan: LoadPlan;
  readonly streams: readonly string[];
}

/**
 * The `handleSummary` of a profile: a table of the steady phase on stdout, and k6's data as JSON where `SUMMARY_FILE`
 * says so (its folder must be there: k6 can't make one).
 */
export function summarize(
  run: SummarizedRun,
  { summaryFile, apiKey }: Settings,
  data: SummaryData,
): Record<string, string> {
  return {
    stdout: renderSummary(run, data),
    ...(summaryFile !== undefined && { [summaryFile]: JSON.stringify(withoutKey(data, apiKey)) }),
  };
}

/** The model's name may be the server's word. */
function withoutKey(data: SummaryData, apiKey: string | undefined): SummaryData {
  const { setup_data: setup } = data;
  if (setup === undefined || setup === null) return data;
  return { ...data, setup_data: { ...setup, model: createRedactor(apiKey)(setup.model) } };
}

/** At most 100 columns wide. */
export function renderSummary(run: SummarizedRun, data: SummaryData): string {
  const { name, plan } = run;
  const requests = figure(data, "llm_requests", "count") ?? 0;
  const started = figure(data, "llm_requests_started", "count") ?? 0;
  if (started + requests === 0) return `\n  ${name}: no request was sent\n\n`;
  const lines = [
    `${name}, steady phase: latency in ms at p50 / p95 / p99`,
    "",
    ...renderTable([plan.kind === "open" ? "req/s" : "users", ...COLUMNS], cohortRows(run, data)),
    "",
    ...scheduleLines(plan, data),
    `requests  ${outcomes(data)}`,
    ...healthLines(data),
    ...thresholdLines(data),
  ];
  return `\n${lines.map((line) => (line === "" ? "" : `  ${line}`)).join("\n")}\n\n`;
}

const COLUMNS = ["TTFT", "ITL", "E2E", "requests", "tok/s", "good"];

function cohortRows({ plan, streams }: SummarizedRun, data: SummaryData): string[][] {
  const steady = plan.windows.filter(({ phase }) => phase === "steady");
  const levels = [...new Set(steady.map(({ level }) => level))];
  const row = (label: string, tag: string, level?: number | null) =>
    cohortRow(data, label, `phase:steady${tag}`, steadySeconds(plan, data, level));
  return [
    row("all", ""),
    ...(levels.length > 1 ? levels.map((level) => row(`${level}`, `,level:${level}`, level)) : []),
    ...streams.map((stream) => row(stream, `,stream:${stream}`)),
  ];
}

/** As far as the run came: one that was stopped says nothing of the rest of its plan. */
function steadySeconds(plan: LoadPlan, data: SummaryData, level?: number | null): number {
  const untilMs = data.state?.testRunDurationMs ?? Number.POSITIVE_INFINITY;
  return plan.windows
    .filter((w) => w.phase === "steady" && (level === undefined || w.level === level))
    .reduce((sum, w) => sum + Math.max(0, Math.min(w.endMs, untilMs) - w.startMs) / 1000, 0);
}

function cohortRow(data: SummaryData, label: string, tags: string, seconds: number): string[] {
  const of = (metric: string, key: string) => figure(data, `${metric}{${tags}}`, key);
  const tokens = of("llm_output_tokens", "count");
  const requests = of("llm_requests", "count");
  return [
    label,
    latency(data, `llm_ttft{${tags}}`),
    latency(data, `llm_itl{${tags}}`),
    latency(data, `llm_e2e_latency{${tags}}`),
    count(requests),
    tokens === undefined || seconds === 0 ? "-" : rate(tokens / seconds),
    (requests ?? 0) === 0 ? "-" : percent(of("llm_good", "rate")),
  ];
}

function latency(data: SummaryData, metric: string): string {
  // k6 says 0 for the percentiles of no samples.
  if ((figure(data, metric, "count") ?? 0) === 0) return "-";
  return ["p(50)", "p(95)", "p(99)"].map((p) => milliseconds(figure(data, metric, p))).join(" / ");
}

/** Of an open loop: how late requests were sent, and what users waited from when they came. */
function scheduleLines(plan: LoadPlan, data: SummaryData): string[] {
  if (plan.kind === "closed") return [];
  const of = (metric: string) => latency(data, `${metric}{phase:steady}`);
  return [
    `from schedule  TTFT ${of("llm_ttft_from_schedule")}, E2E ${of("llm_e2e_from_schedule")}`,
    `lag       ${of("llm_schedule_lag")}`,
  ];
}

function outcomes(data: SummaryData): string {
  const counted: [string, number][] = RECORDED_OUTCOMES.map((outcome) => [
    outcome,
    figure(data, `llm_requests{phase:steady,outcome:${outcome}}`, "count") ?? 0,
  ]);
  const started = figure(data, "llm_requests_started{phase:steady}", "count") ?? 0;
  const interrupted = started * (summaryHealthFigures(data.metrics).interruptedShare ?? 0);
  counted.push(["interrupted", Math.round(interrupted)]);
  const shown = counted.filter(([, n]) => n > 0).map(([outcome, n]) => `${outcome} ${n}`);
  const retries = figure(data, "llm_retries", "count") ?? 0;
  if (retries > 0) shown.push(`of all, sent again ${retries}`);
  return shown.length === 0 ? "none in the steady phase" : shown.join(", ");
}

function healthLines({ metrics }: SummaryData): string[] {
  const figures = summaryHealthFigures(metrics);
  const broken = brokenLimit(figures);
  if (broken === undefined) return ["health    valid"];
  return [
    `health    ${broken.verdict.toUpperCase()}: ${breachInWords(broken, figures)}`,
    `          ${healthAdvice(broken)}`,
  ];
}

function thresholdLines(data: SummaryData): string[] {
  const gates = Object.entries(data.metrics).flatMap(([metric, { thresholds, values }]) =>
    Object.entries(thresholds ?? {}).flatMap(([threshold, { ok }]) => {
      // To k6 any limit holds of a Trend without samples.
      const empty = "avg" in values && values["count"] === 0;
      const state = empty ? "nothing " : ok ? "held    " : "BREACHED";
      return isGate(threshold) ? [{ line: `${metric} ${threshold}`, state }] : [];
    }),
  );
  gates.sort((a, b) => (a.line < b.line ? -1 : 1));
  return gates.map(({ line, state }) => `${state}  ${line}`);
}

function figure(data: SummaryData, metric: string, key: string): number | undefined {
  return data.metrics[metric]?.values[key];
}

/* Numbers for a terminal table: three significant digits at most, absent is a dash. */

function milliseconds(value: number | undefined): string {
  if (value === undefined) return "-";
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

function rate(value: number | undefined): string {
  if (value === undefined) return "-";
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function percent(share: number | undefined): string {
  return share === undefined ? "-" : `${(share * 100).toFixed(1)} %`;
}

function count(value: number | undefined): string {
  return value === undefined ? "-" : String(value);
}
