import type { GateReport } from "../../records/gate.ts";
import { gateSchema } from "../../records/gate.ts";
import { mapStrings } from "../markdown-text.ts";

/**
 * A copy of a report without control characters, line ends and other things that can't be seen: in a terminal they move the
 * cursor, in a CI's log they start commands of their own, and XML can't hold them.
 */
export function printable(report: GateReport): GateReport {
  return gateSchema.parse(
    mapStrings(report, (text) => text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ")),
  );
}
