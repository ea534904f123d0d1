import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import type { TradeoffReport } from "../records/report.ts";
import { loadChart } from "./charts/load-chart.ts";
import { paretoChart } from "./charts/pareto-chart.ts";
import { shapeChart } from "./charts/shape-chart.ts";
import { timeCharts } from "./charts/time-chart.ts";
import { escapeMarkdown, mapStrings } from "./markdown-text.ts";
import { printableReport } from "./printable-report.ts";
import { reportView } from "./report-view.ts";

/**
 * `report.html`: one file, nothing fetched, every word from outside escaped. Triple-stashes hold our own style sheet, script
 * and charts alone.
 */
export function renderHtml(raw: TradeoffReport, templatesDirectory: string): string {
  const report = printableReport(raw);
  const template = Handlebars.compile(read(templatesDirectory, "report.html.hbs"), {
    strict: true,
  });
  return template({
    ...reportView(report),
    charts: {
      pareto: paretoChart(report),
      load: loadChart(report),
      ttft: shapeChart(report, "ttftMs"),
      gaps: shapeChart(report, "gapMs"),
      inTime: timeCharts(report),
    },
    css: read(templatesDirectory, "report.css"),
    script: read(templatesDirectory, "report.js"),
  });
}

/** `report.md`: the same report, small enough for a comment on a pull request. */
export function renderMarkdown(report: TradeoffReport, templatesDirectory: string): string {
  // Markdown is not HTML: the template escapes nothing, since every text was made harmless before.
  const template = Handlebars.compile(read(templatesDirectory, "report.md.hbs"), {
    strict: true,
    noEscape: true,
  });
  return template(mapStrings(reportView(printableReport(report)), escapeMarkdown));
}

function read(directory: string, name: string): string {
  return readFileSync(join(directory, name), "utf8");
}
