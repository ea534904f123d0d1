import * as Plot from "@observablehq/plot";
import type { ReportPoint, TradeoffReport } from "../../records/report.ts";
import { significant, users } from "../format.ts";
import { draw, HALO, seriesColor, seriesSymbol, spreadLabels, THROUGHPUT_AXIS } from "./draw.ts";

const HEIGHT = 260;

/** Quality against speed at the chosen level, with intervals, the frontier and the recommended variant marked. */
export function paretoChart(report: TradeoffReport): string | null {
  const { points } = report;
  if (points.length === 0) return null;
  const index = new Map(report.variants.map((variant, i) => [variant.name, i]));
  const place = (point: ReportPoint) => index.get(point.variant) ?? 0;
  const frontier = points
    .filter((point) => point.onFrontier)
    .toSorted((a, b) => a.outputTokensPerSecond.value - b.outputTokensPerSecond.value);
  const speed = (point: ReportPoint) => point.outputTokensPerSecond.value;
  const perplexity = (point: ReportPoint) => point.perplexity.value;
  const pale = (point: ReportPoint) => (point.onFrontier ? 1 : 0.45);
  const [lowest, highest] = paddedDomain(points);
  const offsets = spreadLabels(
    points.map((point) => ((perplexity(point) - lowest) / (highest - lowest)) * (HEIGHT - 72)),
  );
  return draw(
    {
      title: `Quality against speed at ${users(report.level)}`,
      description: points
        .map(
          (p) =>
            `${p.variant}: ${significant(speed(p))} tokens/s, perplexity ${significant(perplexity(p))}`,
        )
        .join("; "),
      height: HEIGHT,
    },
    {
      x: THROUGHPUT_AXIS,
      y: {
        // Better is up, as on the other axis better is right.
        reverse: true,
        label: "↑ perplexity, lower is better (axis does not start at zero)",
        domain: [lowest, highest],
        grid: true,
      },
      marks: [
        Plot.line(frontier, {
          x: speed,
          y: perplexity,
          stroke: "var(--muted)",
          strokeDasharray: "4 3",
        }),
        Plot.ruleY(points, {
          x1: (p: ReportPoint) => p.outputTokensPerSecond.low,
          x2: (p: ReportPoint) => p.outputTokensPerSecond.high,
          y: perplexity,
          stroke: (p: ReportPoint) => seriesColor(place(p)),
          strokeOpacity: pale,
          strokeWidth: 1.5,
        }),
        Plot.ruleX(points, {
          x: speed,
          y1: (p: ReportPoint) => p.perplexity.low,
          y2: (p: ReportPoint) => p.perplexity.high,
          stroke: (p: ReportPoint) => seriesColor(place(p)),
          strokeOpacity: pale,
          strokeWidth: 1.5,
        }),
        // Under the marks: a label's halo must not wipe out a neighbour.
        ...points.map((point, i) =>
          Plot.text([point], {
            x: speed,
            y: perplexity,
            dx: 22,
            dy: offsets[i] ?? 0,
            textAnchor: "start",
            text: (p: ReportPoint) => (p.recommended ? `${p.variant} ✓` : p.variant),
            fill: (p: ReportPoint) => seriesColor(place(p)),
            ...HALO,
          }),
        ),
        Plot.dot(
          points.filter((p) => p.recommended),
          {
            x: speed,
            y: perplexity,
            r: 12,
            stroke: "currentColor",
            strokeWidth: 1.5,
          },
        ),
        Plot.dot(points, {
          x: speed,
          y: perplexity,
          r: 6,
          symbol: (p: ReportPoint) => seriesSymbol(place(p)),
          fill: (p: ReportPoint) => seriesColor(place(p)),
          fillOpacity: pale,
          title: (p: ReportPoint) =>
            `${p.variant}\n${significant(speed(p))} tokens/s\nperplexity ${significant(perplexity(p))}`,
        }),
      ],
      symbol: { type: "identity" },
      color: { type: "identity" },
    },
  );
}

function paddedDomain(points: readonly ReportPoint[]): [number, number] {
  const low = Math.min(...points.map((point) => point.perplexity.low));
  const high = Math.max(...points.map((point) => point.perplexity.high));
  const padding = Math.max((high - low) * 0.2, high * 0.01);
  return [low - padding, high + padding];
}
