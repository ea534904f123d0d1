import type { GateCheck, GateComparison, GateReport } from "../../records/gate.ts";
import { printableReport } from "../printable-report.ts";
import { wordCell } from "./gate-cells.ts";
import { grouped } from "./grouped.ts";
import {
  wordChange,
  wordFigure,
  wordInterval,
  wordLimit,
  wordMetric,
  wordSide,
  wordTolerance,
  wordVerdict,
} from "./word-gate.ts";

const WIDTH = 100;

/** What the gate found, for a terminal of 100 columns. */
export function renderGateTable(gate: GateReport): string {
  const report = printableReport(gate);
  const lines = [
    ...wrapped(`${report.verdict.toUpperCase()}: ${report.reason}`, ""),
    ...report.runs.flatMap(({ id, state, reason }) =>
      state === "valid" ? [] : wrapped(`run ${id} is ${state}: ${reason}`, ""),
    ),
    ...report.cells.flatMap((cell) => [
      "",
      cut(
        `${wordCell(cell)}: service level ${cell.sla ?? "none"}, ${count(cell.runs.length, "run")}`,
      ),
      ...indented(checkRows(cell.checks)),
      ...reasons(cell.checks.map((check) => [check.name, check.reason])),
    ]),
    ...regressionLines(report.regression),
    ...(report.notes.length === 0 ? [] : [""]),
    ...report.notes.flatMap((note) => wrapped(`note: ${note}`, "")),
  ];
  return lines.join("\n");
}

function regressionLines(regression: GateReport["regression"]): string[] {
  if (regression === null) return [];
  const groups = grouped(regression.comparisons, ({ cell, variant }) =>
    cell === null ? `${variant}, quality` : wordCell(cell),
  );
  return [
    ...[...groups].flatMap(([name, comparisons]) => [
      "",
      cut(`${name}: against the baseline`),
      ...indented(comparisonRows(comparisons)),
      ...reasons(comparisons.map(({ metric, reason }) => [metric, reason])),
    ]),
    ...(regression.unpaired.length === 0 ? [] : ["", "without a partner, so not compared:"]),
    ...regression.unpaired.flatMap(({ what, reason }) => wrapped(`${what}: ${reason}`, "  ")),
  ];
}

function checkRows(checks: readonly GateCheck[]): string[] {
  return table(
    ["check", "figure", "95 %", "limit", "n", "verdict"],
    checks.map((check) => [
      check.name,
      wordFigure(check),
      wordInterval(check),
      wordLimit(check),
      check.n.toLocaleString("en"),
      wordVerdict(check.verdict),
    ]),
  );
}

function comparisonRows(comparisons: readonly GateComparison[]): string[] {
  return table(
    ["metric", "baseline", "now", "change", "95 %", "tolerance", "verdict"],
    comparisons.map((comparison) => {
      const change = wordChange(comparison);
      return [
        wordMetric(comparison),
        wordSide(comparison.baseline, comparison),
        wordSide(comparison.figure, comparison),
        change.value,
        change.range,
        wordTolerance(comparison),
        wordVerdict(comparison.verdict),
      ];
    }),
  );
}

/** First and last column to the left, the numbers between to the right. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  return [head, ...rows].map((row) =>
    row
      .map((text, i) => {
        const width = widths[i] ?? 0;
        return i === 0 || i === row.length - 1 ? text.padEnd(width) : text.padStart(width);
      })
      .join("  ")
      .trimEnd(),
  );
}

function reasons(items: readonly (readonly [string, string | null])[]): string[] {
  return items.flatMap(([name, reason]) =>
    reason === null ? [] : wrapped(`${name}: ${reason}`, "  "),
  );
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => cut(`  ${line}`));
}

function cut(line: string): string {
  return line.length <= WIDTH ? line : `${line.slice(0, WIDTH - 1)}…`;
}

/** Lines of whole words; a word longer than a line is cut. */
function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(" ")) {
    const longer = line.trim() === "" ? `${indent}${word}` : `${line} ${word}`;
    if (longer.length <= WIDTH || line.trim() === "") line = longer;
    else {
      lines.push(cut(line));
      line = `${indent}  ${word}`;
    }
  }
  return [...lines, cut(line)];
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
