import type { GateReport } from "../../records/gate.ts";
import type { LoadedRun } from "../read-runs.ts";
import { toleratedLateness } from "./run-validity.ts";

/** What who reads the verdict should know of the results. */
export function notesOn(
  found: Pick<GateReport, "cells" | "regression">,
  runs: readonly LoadedRun[],
): string[] {
  return [
    ...adviceOn(found),
    ...runs.flatMap((run) => toleratedLateness(run) ?? []),
    ...runs.flatMap(unknownHealth),
    ...runs.flatMap(strayLines),
  ];
}

/** Which runs of the baseline were left out, and why. */
export function notesOnBaseline(states: GateReport["runs"]): string[] {
  return states.flatMap(({ id, state, reason }) =>
    state === "valid" ? [] : [`baseline run ${id} is ${state}: ${reason}`],
  );
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

/** Records alone don't hold the client's heartbeat. */
function unknownHealth({ id, file, heartbeatP99Ms }: LoadedRun): string[] {
  return (file?.health ?? null) === null && heartbeatP99Ms === null
    ? [`${id}: nothing tells how late its client was (no summary beside its records)`]
    : [];
}

/** Log lines of a script, or damaged records. */
function strayLines({ id, otherLines: n }: LoadedRun): string[] {
  if (n === 0) return [];
  return [
    n === 1
      ? `${id}: 1 line of its records is no record`
      : `${id}: ${n} lines of its records are no records`,
  ];
}
