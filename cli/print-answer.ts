import { join } from "node:path";
import { printableReport } from "../merger/printable-report.ts";
import type { TradeoffReport } from "../records/report.ts";
import { print, printJson } from "./terminal.ts";

/** The recommendation in the terminal, or the whole report as JSON. */
export function printAnswer(report: TradeoffReport, outDirectory: string, json: boolean): void {
  if (json) {
    printJson(report);
    return;
  }
  const { answer, health, figures, whatWouldChange } = printableReport(report);
  const lines = [
    health.verdict === "valid" ? null : `${health.verdict}: ${health.reason}\n`,
    answer.sentence,
    answer.closeCall,
    "",
    ...figures.map((figure) => `  ${figure.label}: ${figure.value} (${figure.note})`),
    ...whatWouldChange.map((line) => `  ${line}`),
    "",
    join(outDirectory, "report.html"),
  ];
  print(lines.filter((line) => line !== null).join("\n"));
}
