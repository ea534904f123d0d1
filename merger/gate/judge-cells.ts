import { isDeepStrictEqual } from "node:util";
import { type NamedSla, noSla } from "../../lib/core/sla.ts";
import { meetsSlo, type Slo } from "../../lib/core/slo.ts";
import { UserError } from "../../lib/core/user-error.ts";
import type { GateCell } from "../../records/gate.ts";
import { cohortOf } from "../measure-cell.ts";
import type { LoadedRun } from "../read-runs.ts";
import { completedMetrics } from "../request-figures.ts";
import { findSla } from "./find-sla.ts";
import { type Cell, wordCell } from "./gate-cells.ts";
import { type JudgedCohort, judgeSla } from "./judge-sla.ts";

/**
 * Judges a cell by the service level that its runs were measured under, or by another.
 *
 * @param sla name or path of the other one
 * @throws UserError where its runs were measured under different ones
 */
export function judgeCell(
  cell: Cell,
  sla: string | undefined,
  thresholdsDirectory: string,
): GateCell {
  const named = sla === undefined ? ownSla(cell) : findSla(sla, thresholdsDirectory);
  const cohort = judgedCohort(cell, sla === undefined ? null : named.sla.slo);
  return {
    ...cell.name,
    runs: cell.runs.map(({ id }) => id),
    sla: named.name,
    requests: cohort.requests,
    checks: judgeSla(cohort, named.sla),
  };
}

/** A run's own is in its records: the file that it came from may say something else by now, or not be here. */
function ownSla({ name, runs }: Cell): NamedSla {
  const [first] = runs;
  if (first === undefined) return { name: null, sla: noSla() };
  const other = runs.find(({ header }) => !isDeepStrictEqual(header.sla, first.header.sla));
  if (other !== undefined) {
    throw new UserError(
      "bad-input",
      `runs of ${wordCell(name)} were measured under different service levels, ${first.id} under ${wordSla(first)} and ${other.id} under ${wordSla(other)} with other limits: name the one to judge by (--sla)`,
    );
  }
  return { name: first.header.slaName, sla: first.header.sla };
}

function wordSla({ header }: LoadedRun): string {
  return header.slaName ?? "none";
}

/** @param slo limits that make a request good; `null`: as the run itself found it */
function judgedCohort({ name, runs }: Cell, slo: Slo | null): JudgedCohort {
  const cohort = runs.flatMap((run: LoadedRun) => cohortOf(run, name.level));
  const completed = cohort.flatMap((record) => completedMetrics(record) ?? []);
  const good =
    slo === null
      ? cohort.filter((record) => record.good)
      : completed.filter((metrics) => meetsSlo(slo, metrics));
  return { requests: cohort.length, good: good.length, completed };
}
