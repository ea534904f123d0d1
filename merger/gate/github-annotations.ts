import type { GateReport } from "../../records/gate.ts";
import { printableReport } from "../printable-report.ts";
import { type GateCase, gateCases } from "./gate-cases.ts";

/** GitHub shows ten errors, ten warnings and ten notices of a step, and drops the rest without a word. */
const SHOWN = 10;

/** What needs attention as workflow commands, one a line: a breach is an error, what could not be measured a warning. */
export function githubAnnotations(report: GateReport): string[] {
  const cases = gateCases(printableReport(report));
  const of = (wanted: (member: GateCase) => boolean) => cases.filter(wanted);
  return [
    ...commands(
      "error",
      of(({ result }) => result === "failed"),
    ),
    ...commands(
      "warning",
      of(({ result }) => result === "not measurable"),
    ),
    ...commands(
      "notice",
      of(({ kind }) => kind === "improvement"),
    ),
  ];
}

function commands(level: "error" | "warning" | "notice", cases: readonly GateCase[]): string[] {
  const shown = cases.length > SHOWN ? cases.slice(0, SHOWN - 1) : cases;
  const lines = shown.map(({ group, name, kind, message }) =>
    command(level, `${kind}: ${name}`, `${group}: ${message}`),
  );
  const more = cases.length - shown.length;
  return more > 0
    ? [...lines, command(level, `and ${more} more`, "all are in the job's summary")]
    : lines;
}

/** Escaped as the runner's own toolkit does it (actions/toolkit, packages/core/src/command.ts). */
function command(level: string, title: string, message: string): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
