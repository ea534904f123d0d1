import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** Width of a chart in its own units; the page scales it. */
const CHART_WIDTH = 720;

const LABEL_HEIGHT = 15;

/** The axis that speed lies on, in every chart that has it. */
export const THROUGHPUT_AXIS = {
  label: "output tokens per second, more is better →",
  labelAnchor: "right",
  zero: true,
  nice: true,
  grid: true,
} as const;

/** Keeps a label readable where lines run under it. */
export const HALO = { stroke: "var(--page)", strokeWidth: 4 } as const;

/** What every chart has: an accessible name and description, and text in the page's colour. */
export interface ChartFrame {
  readonly title: string;
  readonly description: string;
  readonly height: number;
}

/**
 * Draws a plot as inline SVG, without a browser: the same figures give the same bytes. Colours are CSS variables of the
 * page (`--series-0`...), so a chart follows its scheme and its print style.
 */
export function draw(frame: ChartFrame, options: Plot.PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figure = Plot.plot({
    width: CHART_WIDTH,
    height: frame.height,
    marginLeft: 64,
    marginRight: 110,
    marginBottom: 44,
    marginTop: 28,
    style: { background: "none", color: "currentColor", fontSize: "13px", overflow: "visible" },
    ariaLabel: frame.title,
    ariaDescription: frame.description,
    ...options,
    document,
  });
  figure.setAttribute("role", "img");
  figure.removeAttribute("width");
  figure.removeAttribute("height");
  return figure.outerHTML;
}

/** One colour and one shape a variant, the same in every chart. */
export function seriesColor(index: number): string {
  return `var(--series-${index % 8})`;
}

export const SERIES_SYMBOLS = [
  "circle",
  "square",
  "triangle",
  "diamond",
  "star",
  "wye",
  "cross",
  "plus",
] as const;

export function seriesSymbol(index: number): (typeof SERIES_SYMBOLS)[number] {
  return SERIES_SYMBOLS[index % SERIES_SYMBOLS.length] ?? "circle";
}

/**
 * Where the labels at the ends of curves go, in pixels from each end's own place, so that they don't write over each other.
 *
 * @param atPixels vertical places of the ends, downwards
 */
export function spreadLabels(atPixels: readonly number[]): number[] {
  const order = atPixels.map((_, i) => i).sort((a, b) => (atPixels[a] ?? 0) - (atPixels[b] ?? 0));
  const offsets = atPixels.map(() => 0);
  let lowest = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    const wanted = atPixels[i] ?? 0;
    const placed = Math.max(wanted, lowest + LABEL_HEIGHT);
    offsets[i] = placed - wanted;
    lowest = placed;
  }
  return offsets;
}
