import { UserError } from "../../lib/core/user-error.ts";
import type { GateReport } from "../../records/gate.ts";
import { type QualityFile, qualityFileSchema } from "../../records/quality.ts";
import { readJson } from "../../records/read-json.ts";
import { findInputs, type InputFiles } from "../find-inputs.ts";
import { readRuns } from "../read-runs.ts";
import { comparabilityNotes } from "./comparability.ts";
import { compareWithBaseline, type Side } from "./compare-with-baseline.ts";
import { decideVerdict } from "./decide-verdict.ts";
import { type Cell, cellsOf } from "./gate-cells.ts";
import { judgeCell } from "./judge-cells.ts";
import { toleratedLateness, validityOf } from "./run-validity.ts";
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

interface ReadSide extends Side {
  readonly files: InputFiles;
  readonly states: GateReport["runs"];
}

/**
 * Judges results by their service level, and against a baseline where one is given.
 *
 * @throws UserError on results that are not there, damaged or can't be judged, and on a baseline that has nothing in common
 */
export async function gateResults(request: GateRequest): Promise<GateOutcome> {
  const results = await readSide(request.results, "results", request.levels);
  const judged = results.cells.map((cell) =>
    judgeCell(cell, request.sla, request.thresholdsDirectory),
  );
  const baseline =
    request.baseline === undefined ? null : await readBaseline(request.baseline, request.levels);
  if (baseline !== null) refuseUseless(baseline);
  const found = {
    runs: results.states,
    cells: judged.map(({ cell }) => cell),
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
      notes: [
        ...new Set([
          ...adviceOn(found),
          ...judged.flatMap(({ note }) => note ?? []),
          ...results.runs.flatMap((run) => toleratedLateness(run) ?? []),
          ...(baseline === null ? [] : notesOfBaseline(baseline)),
          ...(baseline === null ? [] : comparabilityNotes(results.runs, baseline.runs)),
        ]),
      ],
    },
  };
}

/** What is wrong with a baseline is said to be: the results may be fine. */
async function readBaseline(
  inputs: readonly string[],
  levels: readonly number[] | undefined,
): Promise<ReadSide> {
  try {
    return await readSide(inputs, "baseline", levels);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.code, `--baseline: ${error.message}`, { cause: error });
  }
}

async function readSide(
  inputs: readonly string[],
  side: "results" | "baseline",
  levels: readonly number[] | undefined,
): Promise<ReadSide> {
  const files = findInputs(inputs);
  const read = await readRuns(files.runs);
  const damaged = read.unusable.find((run) => run.damaged);
  if (damaged !== undefined) {
    throw new UserError("bad-input", `${damaged.id}: ${damaged.reason}`);
  }
  const qualities: QualityFile[] = files.qualities.map((path) => readJson(path, qualityFileSchema));
  const valid = read.runs.map((run) => ({ run, ...validityOf(run) }));
  const runs = valid.flatMap(({ run, state }) => (state === "valid" ? [run] : []));
  return {
    files,
    runs,
    qualities,
    cells: cellsAt(cellsOf(runs), side, levels),
    states: [
      ...valid.map(({ run: { id, variant }, state, reason }) => ({ id, variant, state, reason })),
      ...read.unusable.map(({ id, reason }) => ({
        id,
        variant: null,
        state: "invalid" as const,
        reason,
      })),
    ],
  };
}

function refuseUseless({ runs, qualities, states }: ReadSide): void {
  if (runs.length + qualities.length > 0) return;
  const reasons = states.map(({ id, reason }) => `${id}: ${reason}`);
  throw new UserError(
    "bad-input",
    `--baseline: none of its runs is valid (${reasons.join("; ")}): measure it again`,
  );
}

function cellsAt(
  cells: readonly Cell[],
  side: "results" | "baseline",
  levels: readonly number[] | undefined,
): readonly Cell[] {
  if (levels === undefined) return cells;
  const there = new Set(cells.map(({ name }) => name.level));
  const missing = levels.find((level) => !there.has(level));
  if (side === "results" && cells.length > 0 && missing !== undefined) {
    throw new UserError(
      "bad-input",
      `--level: found ${missing}, the results have ${[...there].map((level) => level ?? "a ramp").join(", ")}`,
    );
  }
  return cells.filter(({ name }) => name.level !== null && levels.includes(name.level));
}

/** What to do where there are too few samples. */
function adviceOn({ cells, regression }: Pick<GateReport, "cells" | "regression">): string[] {
  const compared = regression?.comparisons ?? [];
  const few = [...cells.flatMap(({ checks }) => checks), ...compared].some(
    ({ verdict }) => verdict === "not measurable",
  );
  return few
    ? [
        "too few samples never pass: measure for longer (DURATION), or leave a metric out of the comparison (--tolerance ttft.p95=off)",
      ]
    : [];
}

function notesOfBaseline({ states }: ReadSide): string[] {
  return states.flatMap(({ id, state, reason }) =>
    state === "valid" ? [] : [`baseline run ${id} is ${state}: ${reason}`],
  );
}
