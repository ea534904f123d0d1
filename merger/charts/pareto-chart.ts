import * as Plot from "@observablehq/plot";
import type { ReportPoint, TradeoffReport } from "../../records/report.ts";
import { significant } from "../format.ts";
import { loadInWords } from "../load-in-words.ts";
import {
  type ChartSize,
  draw,
  HALO,
  MARGIN_BOTTOM,
  MARGIN_TOP,
  seriesColor,
  seriesSymbol,
  shortLabel,
  THROUGHPUT_AXIS,
} from "./draw.ts";
import { type LabelPlace, placeLabels } from "./place-labels.ts";

const HEIGHT = 260;
const MARGIN_RIGHT = 24;
const LETTER_WIDTH = 7.6;

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
  const domain = domainOf(points);
  return draw(
    {
      title: `Quality against speed at ${loadInWords(report)}`,
      description: points
        .map(
          (p) =>
            `${p.variant}: ${significant(speed(p))} tokens/s, perplexity ${significant(perplexity(p))}`,
        )
        .join("; "),
      height: HEIGHT,
    },
    (size) => ({
      marginRight: MARGIN_RIGHT,
      x: { ...THROUGHPUT_AXIS, nice: false, domain: domain.speed },
      y: {
        // Better is up, as on the other axis better is right.
        reverse: true,
        label: "↑ perplexity, less is better (not from zero)",
        domain: domain.perplexity,
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
          // Of two repeats the interval can reach below what a speed can be.
          x1: (p: ReportPoint) => Math.max(0, p.outputTokensPerSecond.low),
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
        ...labelPlaces(points, domain, size).map(({ point, label, dx, dy, anchor }) =>
          Plot.text([point], {
            x: speed,
            y: perplexity,
            dx,
            dy,
            textAnchor: anchor,
            text: () => label,
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
    }),
  );
}

interface Domain {
  readonly speed: [number, number];
  readonly perplexity: [number, number];
}

function domainOf(points: readonly ReportPoint[]): Domain {
  const low = Math.min(...points.map((point) => point.perplexity.low));
  const high = Math.max(...points.map((point) => point.perplexity.high));
  const padding = Math.max((high - low) * 0.2, high * 0.01);
  const fastest = Math.max(...points.map((point) => point.outputTokensPerSecond.high));
  return { speed: [0, fastest * 1.05], perplexity: [low - padding, high + padding] };
}

/** The recommended variant's label has the first choice of place. */
function labelPlaces(
  points: readonly ReportPoint[],
  { speed, perplexity: [lowest, highest] }: Domain,
  size: ChartSize,
): (LabelPlace & { readonly point: ReportPoint; readonly label: string })[] {
  const frame = {
    left: size.marginLeft,
    right: size.width - 4,
    top: MARGIN_TOP,
    bottom: HEIGHT - MARGIN_BOTTOM,
  };
  const across = (value: number) =>
    frame.left + (value / speed[1]) * (size.width - MARGIN_RIGHT - frame.left);
  const down = (value: number) =>
    frame.top + ((value - lowest) / (highest - lowest)) * (frame.bottom - frame.top);
  const ordered = points
    .toSorted((a, b) => Number(b.recommended) - Number(a.recommended))
    .map((point) => ({
      point,
      label: shortLabel(point.variant, size.longestLabel) + (point.recommended ? " ✓" : ""),
    }));
  const places = placeLabels(
    ordered.map(({ point, label }) => ({
      x: across(point.outputTokensPerSecond.value),
      y: down(point.perplexity.value),
      left: across(point.outputTokensPerSecond.low),
      right: across(point.outputTokensPerSecond.high),
      labelWidth: label.length * LETTER_WIDTH,
    })),
    frame,
  );
  return ordered.flatMap((labelled, i) => {
    const place = places[i];
    return place === undefined ? [] : [{ ...labelled, ...place }];
  });
}
