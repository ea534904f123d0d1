import { UserError } from "../../lib/core/user-error.ts";
import type { GateReport } from "../../records/gate.ts";
import { type QualityFile, qualityFileSchema } from "../../records/quality.ts";
import { readJson } from "../../records/read-json.ts";
import { findInputs, type InputFiles } from "../find-inputs.ts";
import { type LoadedRun, readRuns } from "../read-runs.ts";
import { type Cell, cellsOf } from "./gate-cells.ts";
import { validityOf } from "./run-validity.ts";

/** What a gate has of its results, or of its baseline. */
export interface Side {
  readonly files: InputFiles;
  /** Each run that there is, valid or not. */
  readonly states: GateReport["runs"];
  /** The valid ones. */
  readonly runs: readonly LoadedRun[];
  readonly cells: readonly Cell[];
  readonly qualities: readonly QualityFile[];
}

/**
 * Reads one side of a gate.
 *
 * @param levels those that are wanted; absent: all
 * @throws UserError on what is not there or damaged, and on a level that no run has
 */
export async function readSide(
  inputs: readonly string[],
  side: "results" | "baseline",
  levels: readonly number[] | undefined,
): Promise<Side> {
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

/**
 * The same of a baseline, which has to have a valid run.
 *
 * @throws UserError that says that it is about the baseline: the results may be fine
 */
export async function readBaseline(
  inputs: readonly string[],
  levels: readonly number[] | undefined,
): Promise<Side> {
  try {
    const side = await readSide(inputs, "baseline", levels);
    refuseUseless(side);
    return side;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.code, `--baseline: ${error.message}`, { cause: error });
  }
}

function refuseUseless({ runs, qualities, states }: Side): void {
  if (runs.length + qualities.length > 0) return;
  const reasons = states.map(({ id, reason }) => `${id}: ${reason}`);
  throw new UserError(
    "bad-input",
    `none of its runs is valid (${reasons.join("; ")}): measure it again`,
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
