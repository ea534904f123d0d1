import { UserError } from "../../lib/core/user-error.ts";
import type { GateReport } from "../../records/gate.ts";
import type { InputFiles } from "../find-inputs.ts";
import { comparabilityNotes } from "./comparability.ts";
import { compareWithBaseline } from "./compare-with-baseline.ts";
import { decideVerdict } from "./decide-verdict.ts";
import { notesOn, notesOnBaseline } from "./gate-notes.ts";
import { judgeCell } from "./judge-cells.ts";
import { readBaseline, readSide } from "./read-side.ts";
import type { Tolerances } from "./tolerances.ts";

export interface GateRequest {
  /** Folders of suites, runs or quality, and bare records files. */
  readonly results: readonly string[];
  /** The same of an earlier measurement. */
  readonly baseline: readonly string[] | undefined;
  /** Name or path of the service level to judge by; absent: each run's own. */
  readonly sla: string | undefined;
  /** Absent: all. */
  readonly levels: readonly number[] | undefined;
  readonly tolerances: Tolerances;
  readonly thresholdsDirectory: string;
  readonly now: Date;
}

export interface GateOutcome {
  readonly report: GateReport;
  /** The files that were judged. */
  readonly files: InputFiles;
}

/**
 * Judges results by their service level, and against a baseline where one is given.
 *
 * @throws UserError on results that are not there, damaged or can't be judged, and on a baseline that has nothing in common
 */
export async function gateResults(request: GateRequest): Promise<GateOutcome> {
  const results = await readSide(request.results, "results", request.levels);
  const baseline =
    request.baseline === undefined ? null : await readBaseline(request.baseline, request.levels);
  const found = {
    runs: results.states,
    cells: results.cells.map((cell) => judgeCell(cell, request.sla, request.thresholdsDirectory)),
    regression:
      baseline === null ? null : compareWithBaseline(results, baseline, request.tolerances),
  };
  if (found.runs.length === 0 && found.regression === null) {
    throw new UserError(
      "bad-input",
      `nothing to judge in ${request.results.join(", ")}: quality alone has no service level, only a --baseline`,
    );
  }
  return {
    files: results.files,
    report: {
      kind: "gate",
      version: 1,
      createdAt: request.now.toISOString(),
      ...decideVerdict(found),
      ...found,
      notes: distinct([
        ...notesOn(found, results.runs),
        ...(baseline === null ? [] : notesOnBaseline(baseline.states)),
        ...(baseline === null ? [] : comparabilityNotes(results.runs, baseline.runs)),
      ]),
    },
  };
}

function distinct(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}
