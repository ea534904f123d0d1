import * as Plot from "@observablehq/plot";
import type { TradeoffReport } from "../../records/report.ts";
import { significant } from "../format.ts";
import { loadInWords } from "../load-in-words.ts";
import { draw, LABEL_HEIGHT, seriesColor, shortLabel } from "./draw.ts";

interface ShapePoint {
  readonly place: number;
  readonly variant: string;
  readonly share: number;
  readonly ms: number;
}

/** Which share of the requests (or gaps) took at most how long: the whole distribution, not only its percentiles. */
export function shapeChart(report: TradeoffReport, what: "ttftMs" | "gapMs"): string | null {
  const places = new Map(report.variants.map((variant, i) => [variant.name, i]));
  const points = report.distributions.flatMap(({ variant, [what]: values }) =>
    values.map(
      (ms, i): ShapePoint => ({
        place: places.get(variant) ?? 0,
        variant,
        share: i / Math.max(1, values.length - 1),
        // Logarithmic axes have no zero: a gap under 10 us is drawn as one.
        ms: Math.max(ms, 0.01),
      }),
    ),
  );
  if (points.length === 0) return null;
  const name = what === "ttftMs" ? "TTFT" : "gap between chunks";
  const slowestFirst = report.distributions.toSorted(
    (a, b) => (b[what][50] ?? 0) - (a[what][50] ?? 0),
  );
  return draw(
    {
      title: `Distribution of ${name} at ${loadInWords(report)}`,
      description: report.distributions
        .map((d) => `${d.variant}: median ${significant(d[what][50] ?? 0)} ms`)
        .join("; "),
      height: 240,
    },
    ({ longestLabel }) => ({
      x: {
        label: `${name} in ms, logarithmic; less is better`,
        type: "log",
        grid: true,
        ticks: 5,
        tickFormat: (ms: number) => significant(ms),
      },
      y: {
        label: "↑ share that took at most this long",
        percent: true,
        domain: [0, 100],
        grid: true,
      },
      marks: [
        Plot.line(points, {
          x: "ms",
          y: "share",
          z: "place",
          stroke: (p: ShapePoint) => seriesColor(p.place),
          strokeWidth: 2,
        }),
        // At the right, in the order in which the curves are reached from there: the slowest first.
        ...slowestFirst.map(({ variant }, row) =>
          Plot.text([variant], {
            frameAnchor: "top-right",
            text: () => shortLabel(variant, longestLabel),
            dx: 10,
            dy: row * LABEL_HEIGHT,
            textAnchor: "start",
            fill: seriesColor(places.get(variant) ?? 0),
          }),
        ),
      ],
      color: { type: "identity" },
    }),
  );
}
