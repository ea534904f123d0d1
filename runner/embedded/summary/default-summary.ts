import type { MetricSummary, SummaryData } from "./summary-data.ts";

/** The summary of a script that has no `handleSummary`: one line a metric, and a mark where a threshold failed. */
export function defaultSummary({ metrics }: SummaryData): string {
  const names = Object.keys(metrics).sort();
  const width = Math.max(0, ...names.map((name) => name.length)) + 3;
  const lines = names.flatMap((name) => {
    const metric = metrics[name];
    return metric === undefined
      ? []
      : [`  ${mark(metric)} ${name.padEnd(width, ".")}: ${figures(metric)}`];
  });
  return `\n${lines.join("\n")}\n\n`;
}

function mark({ thresholds }: MetricSummary): string {
  if (thresholds === undefined) return " ";
  return Object.values(thresholds).every(({ ok }) => ok) ? "✓" : "✗";
}

function figures({ values, contains }: MetricSummary): string {
  const unit = contains === "time" ? "ms" : contains === "data" ? "B" : "";
  return Object.entries(values)
    .map(([name, value]) => {
      const isCount = name === "count" && contains === "time";
      return `${name}=${format(value)}${isCount || name === "rate" ? "" : unit}`;
    })
    .join(" ");
}

function format(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(3)));
}
