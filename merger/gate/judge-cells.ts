import { meetsSlo, type Slo } from "../../lib/core/slo.ts";
import { UserError } from "../../lib/core/user-error.ts";
import type { GateCell } from "../../records/gate.ts";
import { cohortOf } from "../measure-cell.ts";
import type { LoadedRun } from "../read-runs.ts";
import { completedMetrics } from "../request-figures.ts";
import { findSla, type NamedSla } from "./find-sla.ts";
import { type Cell, wordCell } from "./gate-cells.ts";
import { type JudgedCohort, judgeSla } from "./judge-sla.ts";

export interface JudgedCell {
  readonly cell: GateCell;
  readonly note: string | null;
}

/**
 * Judges a cell by the service level of its runs, or by another.
 *
 * @param sla name or path of the other one
 * @throws UserError where its runs were measured under different ones, or theirs is not there any more
 */
export function judgeCell(
  cell: Cell,
  sla: string | undefined,
  thresholdsDirectory: string,
): JudgedCell {
  const named =
    sla === undefined
      ? ownSla(cell, thresholdsDirectory)
      : findSla(sla, thresholdsDirectory, "--sla");
  const cohort = judgedCohort(cell, sla === undefined ? null : named.sla.slo);
  const changed = sla === undefined ? changedSince(cell, named) : null;
  return {
    cell: {
      ...cell.name,
      runs: cell.runs.map(({ id }) => id),
      sla: named.name,
      requests: cohort.requests,
      checks: judgeSla(cohort, named.sla),
    },
    note: changed,
  };
}

function ownSla({ name, runs }: Cell, thresholdsDirectory: string): NamedSla {
  const [first, other] = new Set(runs.map((run) => run.header.slaName ?? "none"));
  if (other !== undefined) {
    throw new UserError(
      "bad-input",
      `runs of ${wordCell(name)} were measured under the service levels ${first} and ${other}: name the one to judge by (--sla)`,
    );
  }
  const id = runs[0]?.id ?? "";
  return findSla(first ?? "none", thresholdsDirectory, `run ${id}`);
}

/** A file of that name may say something else by now than when the run was judged request by request. */
function changedSince({ runs }: Cell, { name, sla }: NamedSla): string | null {
  const changed = runs.find(({ slo }) => !sameSlo(slo, sla.slo));
  return name === null || changed === undefined
    ? null
    : `${changed.id} was measured under limits per request that the service level ${name} does not have now: its good rate is by the run's own limits (--sla ${name} judges by today's)`;
}

function sameSlo(a: Slo, b: Slo): boolean {
  return a.ttftMs === b.ttftMs && a.itlMs === b.itlMs && a.e2eMs === b.e2eMs;
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
