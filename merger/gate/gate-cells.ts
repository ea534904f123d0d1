import type { RequestMetrics } from "../../lib/core/request-metrics.ts";
import type { RequestRecord } from "../../lib/core/request-record.ts";
import type { GateCellName } from "../../records/gate.ts";
import { loadInWords } from "../load-in-words.ts";
import { cohortOf } from "../measure-cell.ts";
import type { LoadedRun } from "../read-runs.ts";
import { completedMetrics } from "../request-figures.ts";
import { tallyLevel } from "../tally-windows.ts";

/** The runs of one variant at one level under one profile: what is judged, and compared with its like. */
export interface Cell {
  readonly name: GateCellName;
  readonly runs: readonly LoadedRun[];
}

/** Cells in the order of variant, profile and level. */
export function cellsOf(runs: readonly LoadedRun[]): Cell[] {
  const cells = new Map<string, Cell>();
  for (const run of runs) {
    const levels = run.plan.windows.flatMap(({ phase, level }) =>
      phase === "steady" ? [level] : [],
    );
    for (const level of new Set(levels)) {
      const name = {
        variant: run.variant,
        profile: run.header.profile,
        level,
        loop: run.plan.kind,
      };
      const key = keyOf(name);
      cells.set(key, { name, runs: [...(cells.get(key)?.runs ?? []), run] });
    }
  }
  return [...cells.values()].sort(
    ({ name: a }, { name: b }) =>
      a.variant.localeCompare(b.variant, "en") ||
      a.profile.localeCompare(b.profile, "en") ||
      (a.level ?? 0) - (b.level ?? 0),
  );
}

/** The same for two cells that may be compared. */
export function keyOf({ variant, profile, level, loop }: GateCellName): string {
  return JSON.stringify([variant, profile, level, loop]);
}

/** "int4 at 8 users (chat-sweep)". */
export function wordCell({ variant, profile, level, loop }: GateCellName): string {
  return `${variant} at ${loadInWords({ loop, level })} (${profile})`;
}

/** What one run of a cell measured, in the order in which its requests were sent. */
export interface CellRun {
  readonly cohort: readonly RequestRecord[];
  /** Of the completed ones. */
  readonly metrics: readonly RequestMetrics[];
  /** Output tokens per second, in blocks of time. */
  readonly tokenRates: readonly number[];
  /** Requests in flight, on average. */
  readonly inFlight: number;
}

export function measureRuns({ name, runs }: Cell): CellRun[] {
  return runs.map((run) => {
    const cohort = cohortOf(run, name.level).toSorted((a, b) => a.sentMs - b.sentMs);
    const tally = tallyLevel(run, name.level);
    return {
      cohort,
      metrics: cohort.flatMap((record) => completedMetrics(record) ?? []),
      tokenRates: tally.tokenRates,
      inFlight: tally.concurrency,
    };
  });
}
