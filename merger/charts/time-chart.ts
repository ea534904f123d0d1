import * as Plot from "@observablehq/plot";
import type { TradeoffReport } from "../../records/report.ts";
import { draw, seriesColor, shortLabel } from "./draw.ts";

type Timeline = TradeoffReport["timelines"][number];

interface TimePoint {
  readonly place: number;
  readonly run: string;
  readonly variant: string;
  readonly atSeconds: number;
  readonly value: number;
}

interface TimeSeries {
  readonly name: string;
  /** Shares are drawn as percentages of all there is. */
  readonly share: boolean;
  readonly of: (timeline: Timeline) => readonly { atSeconds: number; value: number | null }[];
}

/** What is drawn over time, in this order: what the requests met, then what the server says of itself. */
const SERIES: readonly TimeSeries[] = [
  ofRequests("output tokens per second", (point) => point.tokensPerSecond),
  ofRequests("requests in flight", (point) => point.inFlight),
  ofRequests("TTFT in ms, median of those sent", (point) => point.ttftMs),
  ofServer("requests in the server's queue", false, (point) => point.waiting),
  ofServer("KV cache in use, %", true, (point) => point.kvCacheUsage),
  ofServer("GPU busy, %", true, (point) => point.gpuUtilization),
  ofServer("GPU memory in use, %", true, (point) => point.gpuMemoryUsage),
];

const STRIP_HEIGHT = 64;

/** A chart for each figure that a run has: a strip a variant, a line a repeat, all on one axis of time. */
export function timeCharts(report: TradeoffReport): string[] {
  return SERIES.flatMap((series) => timeChart(report, series) ?? []);
}

function timeChart(report: TradeoffReport, { name, share, of }: TimeSeries): string | null {
  const places = new Map(report.variants.map((variant, i) => [variant.name, i]));
  const points = report.timelines.flatMap((timeline) =>
    of(timeline).flatMap(({ atSeconds, value }): TimePoint[] => {
      const { run, variant } = timeline;
      const place = places.get(variant) ?? 0;
      return value === null
        ? []
        : [{ place, run, variant, atSeconds, value: share ? 100 * value : value }];
    }),
  );
  if (points.length === 0) return null;
  const strips = new Set(points.map((point) => point.variant)).size;
  const runs = new Set(points.map((point) => point.run)).size;
  return draw(
    {
      title: `${name} over the time of each run`,
      description: `${runs} runs, a strip a variant and a line a run`,
      height: 68 + strips * STRIP_HEIGHT,
    },
    ({ longestLabel }) => ({
      x: {
        label: "seconds since the run's start →",
        labelAnchor: "right",
        domain: [0, lastSecond(report)],
      },
      y: {
        label: `↑ ${name}`,
        domain: [0, share ? 100 : greatest(points)],
        grid: true,
        nice: true,
        ticks: 2,
        tickFormat: "~s",
      },
      fy: {
        label: null,
        padding: 0.25,
        axis: "right",
        tickFormat: (variant: string) => shortLabel(variant, longestLabel),
      },
      marks: [
        Plot.ruleY([0], { stroke: "var(--line)" }),
        Plot.line(points, {
          x: "atSeconds",
          y: "value",
          z: "run",
          fy: "variant",
          stroke: (p: TimePoint) => seriesColor(p.place),
          strokeWidth: 1.5,
          curve: "step-after",
        }),
      ],
      color: { type: "identity" },
    }),
  );
}

/** An axis needs a length, also where all there is to show is zeros. */
function greatest(points: readonly TimePoint[]): number {
  return points.reduce((most, { value }) => Math.max(most, value), 0) || 1;
}

function lastSecond({ timelines }: TradeoffReport): number {
  return timelines.reduce(
    (last, { points }) => Math.max(last, points.at(-1)?.atSeconds ?? 0),
    Number.MIN_VALUE,
  );
}

function ofRequests(
  name: string,
  value: (point: Timeline["points"][number]) => number | null,
): TimeSeries {
  return {
    name,
    share: false,
    of: ({ points }) => points.map((p) => ({ atSeconds: p.atSeconds, value: value(p) })),
  };
}

function ofServer(
  name: string,
  share: boolean,
  value: (point: Timeline["server"][number]) => number | null,
): TimeSeries {
  return {
    name,
    share,
    of: ({ server }) => server.map((p) => ({ atSeconds: p.atSeconds, value: value(p) })),
  };
}
