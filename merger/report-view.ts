import type { Interval } from "../lib/core/interval.ts";
import type { ReportCell, ReportQuality, TradeoffReport } from "../records/report.ts";
import {
  asPerplexityShare,
  percent,
  signedPercent,
  signedPercentRange,
  significant,
  users,
} from "./format.ts";
import { GLOSSARY } from "./glossary.ts";

const ABSENT = "–";

/** What the templates show: the report with every number as its reader sees it. Made from the report alone. */
export function reportView(report: TradeoffReport) {
  return {
    title: report.title,
    invalid: report.health.verdict !== "valid",
    health: report.health,
    answer: report.answer,
    figures: report.figures,
    level: users(report.level),
    points: report.points.map((point) => ({
      variant: point.variant,
      recommended: point.recommended,
      speed: significant(point.outputTokensPerSecond.value),
      speedRange: range(point.outputTokensPerSecond),
      perplexity: significant(point.perplexity.value),
      perplexityRange: point.variant === report.base ? "base" : perplexityRange(point.perplexity),
      frontier: point.onFrontier ? "yes" : "no",
    })),
    whatWouldChange: report.whatWouldChange,
    knees: kneesInWords(report.knees),
    columns: COLUMNS.map((column) => column.name),
    rows: report.cells.map((cell) => rowOf(cell, report)),
    notHolding: report.cells.flatMap((cell) =>
      cell.whyNot === null ? [] : [`${cell.variant} at ${users(cell.level)}: ${cell.whyNot}`],
    ),
    shapes: report.distributions.map(({ variant, ttftMs, gapMs }) => ({
      variant,
      figures: [ttftMs, gapMs].flatMap((shape) =>
        [5, 25, 50, 75, 95].map((at) => optional(shape[at])),
      ),
    })),
    base: report.base ?? "the base",
    qualityProtocol: report.qualityProtocol,
    qualities: report.qualities.map((quality) => qualityRow(quality, report.base)),
    failures: report.failures.map((failure) => ({ ...failure, level: failure.level ?? ABSENT })),
    rule: ruleInWords(report),
    method: report.method,
    createdAt: report.createdAt,
    runs: report.runs.map((run) => ({
      ...run,
      interrupted: run.interrupted ?? ABSENT,
      state: run.incomplete ?? run.exit ?? "records only",
    })),
    glossary: GLOSSARY,
  };
}

interface Shown {
  readonly text: string;
  /** What the column sorts by. */
  readonly sort: string | number;
  readonly title?: string;
}

const COLUMNS: readonly { readonly name: string; readonly show: (cell: ReportCell) => Shown }[] = [
  { name: "variant", show: (cell) => plain(cell.variant) },
  { name: "users", show: (cell) => plain(cell.level ?? ABSENT) },
  {
    name: "holds",
    show: (cell) => ({
      ...plain(cell.holds ? "yes" : "no"),
      ...(cell.whyNot === null ? {} : { title: cell.whyNot }),
    }),
  },
  { name: "tok/s", show: (cell) => estimate(cell.outputTokensPerSecond, cell.requests) },
  { name: "TTFT p50", show: (cell) => estimate(cell.ttftMs.p50, cell.completed) },
  { name: "p95", show: (cell) => estimate(cell.ttftMs.p95, cell.completed) },
  { name: "p99", show: (cell) => estimate(cell.ttftMs.p99, cell.completed) },
  { name: "ITL p50", show: (cell) => estimate(cell.itlMs.p50, cell.completed) },
  { name: "p95", show: (cell) => estimate(cell.itlMs.p95, cell.completed) },
  { name: "p99", show: (cell) => estimate(cell.itlMs.p99, cell.completed) },
  { name: "E2E p50", show: (cell) => estimate(cell.e2eMs.p50, cell.completed) },
  { name: "p95", show: (cell) => estimate(cell.e2eMs.p95, cell.completed) },
  { name: "p99", show: (cell) => estimate(cell.e2eMs.p99, cell.completed) },
  { name: "req/s", show: (cell) => number(cell.requestsPerSecond) },
  { name: "goodput", show: (cell) => number(cell.goodRequestsPerSecond) },
  {
    name: "good",
    show: (cell) =>
      cell.goodRate === null
        ? plain(ABSENT)
        : {
            text: percent(cell.goodRate.value),
            sort: cell.goodRate.value,
            title: `95 %: ${percent(cell.goodRate.low)} to ${percent(cell.goodRate.high)}, n = ${cell.requests}`,
          },
  },
  { name: "failed", show: (cell) => plain(cell.failed) },
];

function rowOf(cell: ReportCell, { answer }: TradeoffReport) {
  return {
    recommended: cell.variant === answer.variant && cell.level === answer.level,
    cells: COLUMNS.map((column) => column.show(cell)),
  };
}

function plain(value: string | number): Shown {
  return { text: String(value), sort: value };
}

function number(value: number): Shown {
  return { text: significant(value), sort: value };
}

function estimate(interval: Interval | null, n: number): Shown {
  if (interval === null) return { text: ABSENT, sort: -1, title: `too few samples (n = ${n})` };
  return {
    text: significant(interval.value),
    sort: interval.value,
    title: `95 %: ${range(interval)}, n = ${n}`,
  };
}

function range({ low, high }: Interval): string {
  return `${significant(low)} to ${significant(high)}`;
}

/** Differences of a good precision lie in the third decimal. */
function perplexityRange({ low, high }: Interval): string {
  return `${low.toFixed(3)} to ${high.toFixed(3)}`;
}

function optional(value: number | undefined): string {
  return value === undefined ? ABSENT : significant(value);
}

function kneesInWords(knees: TradeoffReport["knees"]): string {
  const parts = Object.entries(knees).map(([variant, level]) => `${variant} ${level}`);
  return parts.length === 0
    ? ""
    : `Knee (throughput over latency greatest), users: ${parts.join(", ")}.`;
}

function qualityRow(quality: ReportQuality, base: string | null) {
  const { deltaLogPerplexity: delta } = quality;
  const share = delta === null ? null : asPerplexityShare(delta);
  return {
    variant: quality.variant,
    perplexity: quality.perplexity.toFixed(3),
    delta: share === null ? ABSENT : signedPercent(share.value),
    range: share === null ? ABSENT : signedPercentRange(share),
    bitsPerByte: quality.bitsPerByte.toFixed(4),
    size: `${(quality.modelBytes / 1e6).toFixed(1)} MB`,
    verdict: qualityVerdict(quality, base),
  };
}

function qualityVerdict(quality: ReportQuality, base: string | null): string {
  if (quality.variant === base) return "the base";
  if (quality.notComparable !== null) return `not comparable: ${quality.notComparable}`;
  if (!quality.separable) return "not separable from the base";
  return (quality.deltaLogPerplexity?.value ?? 0) > 0 ? "clearly worse" : "clearly better";
}

function ruleInWords({ rule }: TradeoffReport): string {
  const limits = Object.entries(rule.slo).map(
    ([name, ms]) => `${name.replace("Ms", "").toUpperCase()} ≤ ${ms} ms`,
  );
  const slo = limits.length === 0 ? "no limit was set" : limits.join(" and ");
  return `a variant holds a level where at least ${percent(rule.goodRateMin)} of its requests are good (${slo}) and at most 1 % fail. Its quality is acceptable where perplexity is at most ${percent(rule.qualityTolerance)} above the base's, at the pessimistic end of the interval. The level is the highest that an acceptable variant holds; of those, the fastest; of those not separable in speed, the one of clearly lower perplexity; else they are not separable, and the smallest is named.`;
}
