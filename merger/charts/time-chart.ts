import * as Plot from "@observablehq/plot";
import type { TradeoffReport } from "../../records/report.ts";
import { draw, seriesColor } from "./draw.ts";

interface TimePoint {
  readonly place: number;
  readonly run: string;
  readonly atSeconds: number;
  readonly value: number;
}

const LABELS = {
  tokensPerSecond: "output tokens per second",
  inFlight: "requests in flight",
} as const;

/** One figure over the time of every run, a line a run: whether it was steady where it was taken to be. */
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
        atSeconds: point.atSeconds,
        value: point[what],
      }),
    ),
  );
  if (points.length === 0) return null;
  return draw(
    {
      title: `${LABELS[what]} over the time of each run`,
      description: `${report.timelines.length} runs, a line each`,
      height: 200,
    },
    {
      x: { label: "seconds since the run's start →", labelAnchor: "right" },
      y: { label: `↑ ${LABELS[what]}`, zero: true, grid: true, nice: true },
      marks: [
        Plot.line(points, {
          x: "atSeconds",
          y: "value",
          z: "run",
          stroke: (p: TimePoint) => seriesColor(p.place),
          strokeWidth: 1.5,
          curve: "step-after",
        }),
      ],
      color: { type: "identity" },
    },
  );
}
