import type { Metric } from "../metrics/metric.ts";
import type { Sink, TrendSink } from "../metrics/sink.ts";
import type { CheckGroup } from "../script/check-tree.ts";
import type { TestRun } from "../test-run.ts";

/** A metric as k6's `handleSummary` gets it. */
export interface MetricSummary {
  readonly type: string;
  readonly contains: string;
  readonly values: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

interface GroupSummary {
  readonly name: string;
  readonly path: string;
  readonly id: string;
  readonly groups: readonly GroupSummary[];
  readonly checks: readonly object[];
}

/** What k6 hands to `handleSummary`. */
export interface SummaryData {
  readonly root_group: GroupSummary;
  readonly options: object;
  readonly state: object;
  readonly metrics: Readonly<Record<string, MetricSummary>>;
  readonly setup_data?: unknown;
}

export function summaryData(run: TestRun): SummaryData {
  const { summaryTrendStats, summaryTimeUnit } = run.options;
  const durationMs = run.clock.nowMs();
  const metrics = run.registry
    .observed()
    .map((metric) => [metric.name, metricSummary(metric, summaryTrendStats, durationMs)] as const);
  const setupData = run.copyOfSetupData();
  return {
    root_group: groupSummary(run.rootGroup),
    options: { summaryTrendStats, summaryTimeUnit, noColor: false },
    state: {
      isStdOutTTY: process.stdout.isTTY === true,
      isStdErrTTY: process.stderr.isTTY === true,
      testRunDurationMs: durationMs,
    },
    metrics: Object.fromEntries(metrics),
    ...(setupData !== undefined && { setup_data: setupData }),
  };
}

function metricSummary(
  { type, contains, sink, thresholds }: Metric,
  trendStats: readonly string[],
  durationMs: number,
): MetricSummary {
  const verdicts = thresholds.map(({ source, failed }) => [source, { ok: !failed }] as const);
  return {
    type,
    contains,
    values: valuesOf(sink, trendStats, durationMs),
    ...(verdicts.length > 0 && { thresholds: Object.fromEntries(verdicts) }),
  };
}

function valuesOf(
  sink: Sink,
  trendStats: readonly string[],
  durationMs: number,
): Record<string, number> {
  switch (sink.kind) {
    case "counter":
      return { count: sink.count, rate: sink.rate(durationMs) };
    case "gauge":
      return { value: sink.value, min: sink.min, max: sink.max };
    case "rate":
      return { rate: sink.rate, passes: sink.trues, fails: sink.total - sink.trues };
    case "trend":
      return Object.fromEntries(trendStats.map((name) => [name, trendStat(sink, name)]));
    default:
      return sink satisfies never;
  }
}

function trendStat(sink: TrendSink, name: string): number {
  switch (name) {
    case "avg":
      return sink.average;
    case "min":
      return sink.min;
    case "max":
      return sink.max;
    case "med":
      return sink.quantile(0.5);
    case "count":
      return sink.count;
    default:
      // The options' parser let nothing else through than p(N).
      return sink.quantile(Number(name.slice(2, -1)) / 100);
  }
}

function groupSummary({ name, path, id, groups, checks }: CheckGroup): GroupSummary {
  return {
    name,
    path,
    id,
    groups: [...groups.values()].map(groupSummary),
    checks: [...checks.values()].map((check) => ({ ...check })),
  };
}
