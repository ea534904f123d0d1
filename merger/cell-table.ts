import type { Interval } from "../lib/core/interval.ts";
import type { ReportCell, TradeoffReport } from "../records/report.ts";
import { percent, range, significant, supported } from "./format.ts";
import { isSameLoad, loadInWords } from "./load-in-words.ts";

const ABSENT = "–";

interface Shown {
  readonly text: string;
  /** What the column sorts by. */
  readonly sort: string | number;
  readonly title?: string;
}

interface Column {
  readonly name: string;
  /** Shown only where some cell is of an open loop, or only where none is. */
  readonly loop?: ReportCell["loop"];
  readonly show: (cell: ReportCell) => Shown;
  /** Where the column has a best: its estimate, and whether more or less of it is better. */
  readonly best?: {
    readonly of: (cell: ReportCell) => Interval | null;
    readonly better: "more" | "less";
  };
}

/** Variants by levels: what is judged first, then latency. */
const COLUMNS: readonly Column[] = [
  { name: "variant", show: (cell) => plain(cell.variant) },
  { name: "users", loop: "closed", show: (cell) => plain(cell.level ?? ABSENT) },
  {
    name: "load",
    loop: "open",
    show: (cell) => ({ text: loadInWords(cell), sort: cell.level ?? -1 }),
  },
  {
    name: "holds",
    show: (cell) => ({
      ...plain(cell.holds ? "yes" : "no"),
      ...(cell.whyNot === null ? {} : { title: cell.whyNot }),
    }),
  },
  { name: "good", show: goodRate },
  { name: "failed", show: (cell) => plain(cell.failed) },
  estimateColumn("tok/s", "more", (cell) => cell.outputTokensPerSecond, "requests"),
  {
    name: "unsent",
    loop: "open",
    show: (cell) => plain(cell.unsent ?? ABSENT),
  },
  {
    name: "offered/s",
    loop: "open",
    show: (cell) =>
      cell.offeredPerSecond === null ? plain(ABSENT) : number(cell.offeredPerSecond),
  },
  { name: "req/s", show: (cell) => number(cell.requestsPerSecond) },
  { name: "good req/s", show: (cell) => number(cell.goodRequestsPerSecond) },
  ...(["p50", "p95", "p99"] as const).map((p) =>
    estimateColumn(`TTFT ${p}`, "less", (cell) => cell.ttftMs[p], "completed"),
  ),
  ...(["p50", "p95", "p99"] as const).map((p) =>
    estimateColumn(`ITL ${p}`, "less", (cell) => cell.itlMs[p], "completed"),
  ),
  ...(["p50", "p95", "p99"] as const).map((p) =>
    estimateColumn(`E2E ${p}`, "less", (cell) => cell.e2eMs[p], "completed"),
  ),
  ofSchedule("TTFT p95 from schedule", (cell) => cell.ttftFromScheduleMs.p95),
  ofSchedule("E2E p95 from schedule", (cell) => cell.e2eFromScheduleMs.p95),
  ofSchedule("schedule lag p95", (cell) => cell.scheduleLagMs.p95),
];

/** The table of every variant at every level, with the clear best of each level marked. */
export function cellTable({ cells, answer, loop, level }: TradeoffReport) {
  const open = cells.some((cell) => cell.loop === "open");
  const columns = COLUMNS.filter(
    ({ loop: only }) => only === undefined || only === (open ? "open" : "closed"),
  );
  return {
    columns: columns.map((column) => column.name),
    rows: cells.map((cell) => ({
      recommended: cell.variant === answer.variant && isSameLoad(cell, { loop, level }),
      cells: columns.map((column) => ({
        ...column.show(cell),
        best: isClearlyBest(cell, column, cells),
      })),
    })),
  };
}

/** Whether its interval lies apart from, and on the better side of, those of all others at its level. */
function isClearlyBest(cell: ReportCell, { best }: Column, cells: readonly ReportCell[]): boolean {
  const own = best?.of(cell) ?? null;
  if (best === undefined || own === null) return false;
  const others = cells.filter((other) => other !== cell && isSameLoad(other, cell));
  const rivals = others.flatMap((other) => best.of(other) ?? []);
  return (
    rivals.length > 0 &&
    rivals.every((rival) => (best.better === "more" ? rival.high < own.low : rival.low > own.high))
  );
}

function estimateColumn(
  name: string,
  better: "more" | "less",
  of: (cell: ReportCell) => Interval | null,
  n: "requests" | "completed",
): Column {
  return { name, best: { of, better }, show: (cell) => estimate(of(cell), cell[n]) };
}

function ofSchedule(name: string, of: (cell: ReportCell) => Interval | null): Column {
  return { ...estimateColumn(name, "less", of, "completed"), loop: "open" };
}

function estimate(interval: Interval | null, n: number): Shown {
  if (interval === null) return { text: ABSENT, sort: -1, title: `too few samples (n = ${n})` };
  return {
    text: supported(interval),
    sort: interval.value,
    title: `95 %: ${range(interval)}, n = ${n}`,
  };
}

function goodRate({ goodRate: rate, requests }: ReportCell): Shown {
  if (rate === null) return plain(ABSENT);
  return {
    text: percent(rate.value),
    sort: rate.value,
    title: `95 %: ${percent(rate.low)} to ${percent(rate.high)}, n = ${requests}`,
  };
}

function plain(value: string | number): Shown {
  return { text: String(value), sort: value };
}

function number(value: number): Shown {
  return { text: significant(value), sort: value };
}
