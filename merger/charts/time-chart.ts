import * as Plot from "@observablehq/plot";
import type { TradeoffReport } from "../../records/report.ts";
import { draw, seriesColor, shortLabel } from "./draw.ts";

interface TimePoint {
  readonly place: number;
  readonly run: string;
  readonly variant: string;
  readonly atSeconds: number;
  readonly value: number;
}

const LABELS = {
  tokensPerSecond: "output tokens per second",
  inFlight: "requests in flight",
} as const;

const STRIP_HEIGHT = 64;

/** One figure over the time of every run: a strip a variant, a line a repeat. Shows whether it was steady where it should. */
export function timeChart(
  report: TradeoffReport,
  what: "tokensPerSecond" | "inFlight",
): string | null {
  const places = new Map(report.variants.map((variant, i) => [variant.name, i]));
  const points = report.timelines.flatMap(({ run, variant, points: line }) =>
    line.map(
      (point): TimePoint => ({
        place: places.get(variant) ?? 0,
        run,
        variant,
        atSeconds: point.atSeconds,
        value: point[what],
      }),
    ),
  );
  if (points.length === 0) return null;
  const strips = new Set(points.map((point) => point.variant)).size;
  return draw(
    {
      title: `${LABELS[what]} over the time of each run`,
      description: `${report.timelines.length} runs, a strip a variant and a line a run`,
      height: 68 + strips * STRIP_HEIGHT,
    },
    ({ longestLabel }) => ({
      x: { label: "seconds since the run's start →", labelAnchor: "right" },
      y: { label: `↑ ${LABELS[what]}`, zero: true, grid: true, nice: true, ticks: 2 },
      fy: {
        label: null,
        padding: 0.15,
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
