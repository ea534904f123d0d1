import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** A chart is drawn twice, and the page shows the one that fits: text stays as large as the page's own. */
const SIZES = [
  { className: "wide", width: 900, longestLabel: 26, marginLeft: 56, marginRight: 120 },
  { className: "narrow", width: 380, longestLabel: 12, marginLeft: 44, marginRight: 84 },
] as const;

export type ChartSize = (typeof SIZES)[number];

export const MARGIN_TOP = 28;
export const MARGIN_BOTTOM = 40;

export const LABEL_HEIGHT = 15;

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
export function draw(frame: ChartFrame, optionsFor: (size: ChartSize) => Plot.PlotOptions): string {
  return SIZES.map((size) => {
    const svg = drawAt(frame, size, optionsFor(size));
    return `<div class="${size.className}">${svg}</div>`;
  }).join("\n");
}

function drawAt(frame: ChartFrame, size: ChartSize, options: Plot.PlotOptions): string {
  const { document } = parseHTML("<!doctype html><html><body></body></html>");
  const figure = Plot.plot({
    width: size.width,
    height: frame.height,
    marginLeft: size.marginLeft,
    marginRight: size.marginRight,
    marginBottom: MARGIN_BOTTOM,
    marginTop: MARGIN_TOP,
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

const COLORS = 8;

/** One colour and one shape a variant, the same in every chart. */
export function seriesColor(index: number): string {
  return `var(--series-${index % COLORS})`;
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
  // From the ninth variant on colours come again, with other shapes.
  const shifted = index + Math.floor(index / COLORS);
  return SERIES_SYMBOLS[shifted % SERIES_SYMBOLS.length] ?? "circle";
}

/** A name as a label: the middle of a long one is left out, since names differ at their ends. */
export function shortLabel(name: string, longest: number): string {
  if (name.length <= longest) return name;
  const tail = Math.ceil((longest - 1) / 2);
  return `${name.slice(0, longest - 1 - tail)}…${name.slice(-tail)}`;
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
