import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import type { GateReport } from "../../records/gate.ts";
import { escapeMarkdown, mapStrings } from "../markdown-text.ts";
import { printableReport } from "../printable-report.ts";
import { type GateCase, gateCases } from "./gate-cases.ts";
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

/** The gate in Markdown, for a pull request's comment or a job's summary. */
export function renderGateMarkdown(report: GateReport, templatesDirectory: string): string {
  // Markdown is not HTML: every text was made harmless before.
  const template = compile(templatesDirectory, "gate.md.hbs", { noEscape: true });
  return template(mapStrings(markdownView(printableReport(report)), escapeMarkdown));
}

/** The gate as a JUnit file: a breach is a failure, what could not be measured an error, what has no partner skipped. */
export function renderGateJunit(report: GateReport, templatesDirectory: string): string {
  const cases = gateCases(printableReport(report));
  const template = compile(templatesDirectory, "gate-junit.xml.hbs", { noEscape: false });
  return template({
    ...countsOf(cases),
    timestamp: report.createdAt.slice(0, "2026-01-01T00:00:00".length),
    suites: [...grouped(cases, ({ group }) => group)].map(([name, members]) => ({
      name,
      ...countsOf(members),
      cases: members.map((member) => ({
        ...member,
        failed: member.result === "failed",
        notMeasurable: member.result === "not measurable",
        skipped: member.result === "not compared",
      })),
    })),
  });
}

function countsOf(cases: readonly GateCase[]) {
  const count = (result: GateCase["result"]) =>
    cases.filter((member) => member.result === result).length;
  return {
    tests: cases.length,
    failures: count("failed"),
    errors: count("not measurable"),
    skippedTests: count("not compared"),
  };
}

function markdownView(report: GateReport) {
  const { verdict, reason, cells, regression, notes } = report;
  const cases = gateCases(report);
  const problems = cases.filter(({ result }) => result === "failed" || result === "not measurable");
  const more = problems.length - LISTED;
  return {
    verdict: verdict.toUpperCase(),
    reason: verdict === "pass" ? reason : "",
    problems: problems.slice(0, LISTED),
    more: more > 0 ? `and ${more} more` : "",
    better: cases.filter(({ kind }) => kind === "improvement"),
    checks: cells.flatMap((cell) =>
      cell.checks.map((check) => ({
        cell: wordCell(cell),
        name: check.name,
        figure: wordFigure(check),
        interval: wordInterval(check),
        limit: wordLimit(check),
        n: check.n.toLocaleString("en"),
        verdict: wordVerdict(check.verdict),
        why: check.reason === null ? "" : `: ${check.reason}`,
      })),
    ),
    comparisons: (regression?.comparisons ?? []).map((comparison) => {
      const change = wordChange(comparison);
      return {
        cell: comparison.cell === null ? comparison.variant : wordCell(comparison.cell),
        metric: wordMetric(comparison),
        baseline: wordSide(comparison.baseline, comparison),
        figure: wordSide(comparison.figure, comparison),
        change: change.value,
        interval: change.range,
        p: wordP(comparison.adjustedP),
        tolerance: wordTolerance(comparison),
        verdict: wordVerdict(comparison.verdict),
        why: comparison.reason === null ? "" : `: ${comparison.reason}`,
      };
    }),
    unpaired: regression?.unpaired ?? [],
    notes,
  };
}

/** More than these are in the tables. */
const LISTED = 20;

function wordP(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

function compile(directory: string, name: string, options: { readonly noEscape: boolean }) {
  return Handlebars.compile<unknown>(readFileSync(join(directory, name), "utf8"), {
    strict: true,
    ...options,
  });
}
