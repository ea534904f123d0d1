import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { seriesColor, seriesSymbol, shortLabel } from "../../../merger/charts/draw.ts";
import { loadChart } from "../../../merger/charts/load-chart.ts";
import { type LabelledMark, placeLabels } from "../../../merger/charts/place-labels.ts";
import { timeCharts } from "../../../merger/charts/time-chart.ts";
import { mergeFolder } from "../../support/merged-folder.ts";
import { FAMILY, writeSyntheticSuite } from "../../support/synthetic-results.ts";

const frame = { left: 0, right: 900, top: 0, bottom: 260 };
const mark = (x: number, y: number): LabelledMark => ({
  x,
  y,
  left: x - 20,
  right: x + 20,
  labelWidth: 70,
});

/** Where a label ends up, as a rectangle of its own height and width. */
function boxes(marks: readonly LabelledMark[]) {
  return placeLabels(marks, frame).map(({ dx, dy, anchor }, i) => {
    const { x, y, labelWidth } = marks[i] ?? mark(0, 0);
    const left = x + dx - { start: 0, middle: labelWidth / 2, end: labelWidth }[anchor];
    return { left, right: left + labelWidth, top: y + dy - 7, bottom: y + dy + 7 };
  });
}

test("labels of marks that lie on one another are apart", () => {
  const placed = boxes([mark(400, 100), mark(404, 100), mark(408, 104), mark(412, 102)]);
  for (const [i, a] of placed.entries()) {
    for (const b of placed.slice(i + 1)) {
      const apart =
        a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
      expect(apart).toBe(true);
    }
  }
});

test("a label at the edge stays inside the picture", () => {
  for (const box of boxes([mark(895, 100), mark(5, 5), mark(450, 255)])) {
    expect(box.left).toBeGreaterThanOrEqual(0);
    expect(box.right).toBeLessThanOrEqual(900);
    expect(box.top).toBeGreaterThanOrEqual(0);
    expect(box.bottom).toBeLessThanOrEqual(260);
  }
});

test("forty variants have forty pairs of colour and shape", () => {
  const looks = Array.from({ length: 40 }, (_, i) => `${seriesColor(i)} ${seriesSymbol(i)}`);
  expect(new Set(looks).size).toBe(40);
});

test("a long name keeps both its ends", () => {
  expect(shortLabel("base-int4", 12)).toBe("base-int4");
  expect(shortLabel("meta-llama/Llama-3.1-8B-Instruct-AWQ", 12)).toBe("meta-…ct-AWQ");
});

async function reportOfOneLevel(levelMs: number) {
  const folder = mkdtempSync(join(tmpdir(), "charts-"));
  const [variant] = FAMILY.variants;
  if (variant === undefined) throw new Error("no variant");
  writeSyntheticSuite(folder, { ...FAMILY, variants: [variant], levels: [1], repeats: 1, levelMs });
  const report = await mergeFolder(folder);
  rmSync(folder, { recursive: true });
  return report;
}

test.each([
  // p95 needs 100 requests of about 150 ms each, p50 ten.
  { levelMs: 4000, percentile: "p50" },
  { levelMs: 24_000, percentile: "p95" },
])(
  "latency against throughput is $percentile after $levelMs ms, and its axis says so",
  async (row) => {
    const chart = loadChart(await reportOfOneLevel(row.levelMs));
    expect(chart).toContain(`TTFT ${row.percentile} in ms`);
  },
);

test("a queue that was empty all along is drawn at zero, on an axis that has a length", async () => {
  const report = await reportOfOneLevel(FAMILY.levelMs);
  const [timeline] = report.timelines;
  if (timeline === undefined) throw new Error("no timeline");
  const server = timeline.server.map((point) => ({ ...point, waiting: 0 }));
  const charts = timeCharts({ ...report, timelines: [{ ...timeline, server }] });
  expect(charts.length).toBe(7);
  expect(charts.join("")).not.toContain("NaN");
});
