import { printableLine } from "../lib/core/printable.ts";
import { mapStrings } from "./markdown-text.ts";

/**
 * A copy of a report, plain data, with nothing in its texts that may not be printed, and each of them on one line: its words
 * come from servers, files and settings. Every view of a report is one of this copy; only its JSON holds the words as they are.
 */
export function printableReport<T>(report: T): T;
export function printableReport(report: unknown): unknown {
  return mapStrings(report, printableLine, printableLine);
}
