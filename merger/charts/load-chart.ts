import * as Plot from "@observablehq/plot";
import type { ReportCell, TradeoffReport } from "../../records/report.ts";
import { significant } from "../format.ts";
import { loadInWords, loadMark } from "../load-in-words.ts";
import {
  draw,
  HALO,
  seriesColor,
  seriesSymbol,
  shortLabel,
  spreadLabels,
  THROUGHPUT_AXIS,
} from "./draw.ts";

const HEIGHT = 320;

/** A level of a variant that has both figures. */
interface Drawn {
  readonly cell: ReportCell;
  readonly place: number;
  readonly throughput: number;
  readonly latencyMs: number;
}

/** Latency against throughput, a curve a variant, a point a level: where more load no longer buys throughput. */
export function loadChart(report: TradeoffReport): string | null {
  const percentile = sharedPercentile(report.cells);
  const drawn = report.variants.flatMap(({ name }, place) =>
    report.cells
      .filter((cell) => cell.variant === name)
      .flatMap((cell): Drawn[] => {
        const { outputTokensPerSecond, ttftMs } = cell;
        const latency = ttftMs[percentile];
        return outputTokensPerSecond === null || latency === null
          ? []
          : [{ cell, place, throughput: outputTokensPerSecond.value, latencyMs: latency.value }];
      }),
  );
  if (drawn.length === 0) return null;
  const limit = report.rule.slo["ttftMs"];
  const last = report.variants.flatMap(
    (_, place) => drawn.findLast((d) => d.place === place) ?? [],
  );
  const offsets = spreadLabels(last.map((end) => pixelsDown(end.latencyMs, drawn)));
  return draw(
    {
      title: "TTFT against output throughput, by load",
      description: drawn
        .map(
          (d) =>
            `${d.cell.variant} at ${loadInWords(d.cell)}: ${significant(d.throughput)} tokens/s, ${percentile} ${significant(d.latencyMs)} ms`,
        )
        .join("; "),
      height: HEIGHT,
    },
    ({ longestLabel }) => ({
      x: THROUGHPUT_AXIS,
      y: {
        label: `↑ TTFT ${percentile} in ms, less is better (logarithmic)`,
        type: "log",
        grid: true,
        ticks: 4,
        tickFormat: (ms: number) => significant(ms),
      },
      marks: [
        limit === undefined
          ? null
          : Plot.ruleY([limit], { stroke: "var(--limit)", strokeDasharray: "2 3" }),
        limit === undefined
          ? null
          : Plot.text([limit], {
              y: (ms: number) => ms,
              frameAnchor: "right",
              text: () => `SLO: TTFT ${limit} ms`,
              dy: 9,
              dx: -4,
              textAnchor: "end",
              fill: "var(--limit)",
              ...HALO,
            }),
        Plot.line(drawn, {
          x: "throughput",
          y: "latencyMs",
          z: (d: Drawn) => `${d.place} ${d.cell.loop}`,
          stroke: (d: Drawn) => seriesColor(d.place),
          strokeWidth: 2,
        }),
        Plot.dot(drawn, {
          x: "throughput",
          y: "latencyMs",
          r: 5,
          symbol: (d: Drawn) => seriesSymbol(d.place),
          fill: (d: Drawn) => (d.cell.holds ? seriesColor(d.place) : "var(--page)"),
          stroke: (d: Drawn) => seriesColor(d.place),
          title: (d: Drawn) =>
            `${d.cell.variant} at ${loadInWords(d.cell)}\n${significant(d.throughput)} tokens/s\nTTFT ${percentile} ${significant(d.latencyMs)} ms\n${d.cell.holds ? "holds the service level" : d.cell.whyNot}`,
        }),
        Plot.text(drawn, {
          x: "throughput",
          y: "latencyMs",
          text: (d: Drawn) => loadMark(d.cell),
          dy: -12,
          fontSize: 11,
          fill: "var(--muted)",
        }),
        ...last.map((end, i) =>
          Plot.text([end], {
            x: "throughput",
            y: "latencyMs",
            text: (d: Drawn) => shortLabel(d.cell.variant, longestLabel),
            dx: 12,
            dy: offsets[i] ?? 0,
            textAnchor: "start",
            fill: (d: Drawn) => seriesColor(d.place),
            ...HALO,
          }),
        ),
      ],
      symbol: { type: "identity" },
      color: { type: "identity" },
    }),
  );
}

/** One percentile for all marks, or they would not compare: p95, unless a cell that could be drawn has too few samples for it. */
function sharedPercentile(cells: readonly ReportCell[]): "p50" | "p95" {
  return cells.some(({ ttftMs }) => ttftMs.p50 !== null && ttftMs.p95 === null) ? "p50" : "p95";
}

/** About where a latency lies on the logarithmic axis: near enough to keep labels apart. */
function pixelsDown(latencyMs: number, drawn: readonly Drawn[]): number {
  const logs = drawn.map((d) => Math.log(d.latencyMs));
  const span = Math.max(...logs) - Math.min(...logs) || 1;
  return ((Math.max(...logs) - Math.log(latencyMs)) / span) * (HEIGHT - 80);
}
