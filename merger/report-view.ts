import type { Interval } from "../lib/core/interval.ts";
import type { ReportCell, ReportQuality, TradeoffReport } from "../records/report.ts";
import { isResult } from "./assess-health.ts";
import { cellTable } from "./cell-table.ts";
import {
  asPerplexityShare,
  percent,
  range,
  signedShare,
  significant,
  supported,
} from "./format.ts";
import { GLOSSARY } from "./glossary.ts";
import { isSameLoad, loadInWords, loadMark } from "./load-in-words.ts";
import { timelineTable } from "./timeline-rows.ts";

const ABSENT = "–";

type StreamOfMix = TradeoffReport["streams"][number];

/** What the templates show: the report with every number as its reader sees it. Made from the report alone. */
export function reportView(report: TradeoffReport) {
  return {
    title: report.title,
    invalid: !isResult(report.health.verdict),
    health: report.health,
    answer: report.answer,
    figures: report.figures,
    level: loadInWords(report),
    shapesTopic: `Shapes at ${loadInWords(report)}`,
    points: report.points.map((point) => ({
      variant: point.variant,
      recommended: point.recommended,
      speed: supported(point.outputTokensPerSecond),
      speedRange: range(point.outputTokensPerSecond),
      perplexity: significant(point.perplexity.value),
      perplexityRange: point.variant === report.base ? "base" : perplexityRange(point.perplexity),
      frontier: point.onFrontier ? "yes" : "no",
    })),
    whatWouldChange: report.whatWouldChange,
    findings: report.findings,
    loadMarks: loadMarks(report),
    knees: kneesInWords(report),
    ...cellTable(report),
    atLevel: report.cells.filter((cell) => isSameLoad(cell, report)).map(smallRow),
    notHolding: report.cells.flatMap((cell) =>
      cell.whyNot === null ? [] : [`${cell.variant} at ${loadInWords(cell)}: ${cell.whyNot}`],
    ),
    shapes: report.distributions.map(({ variant, ttftMs, gapMs }) => ({
      variant,
      figures: [ttftMs, gapMs].flatMap((shape) =>
        [5, 25, 50, 75, 95].map((at) => optional(shape[at])),
      ),
    })),
    timeline: timelineTable(report),
    base: report.base ?? "the base",
    qualityProtocol: report.qualityProtocol,
    qualities: report.qualities.map((quality) => qualityRow(quality, report.base)),
    failures: report.failures.map((failure) => ({ ...failure, load: loadInWords(failure) })),
    streams: report.streams.map(streamRow),
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

/** Differences of a good precision lie in the third decimal. */
function perplexityRange({ low, high }: Interval): string {
  return `${low.toFixed(3)} to ${high.toFixed(3)}`;
}

function optional(value: number | undefined): string {
  return value === undefined ? ABSENT : significant(value);
}

/** The row of a comment: what decides. */
function smallRow({
  variant,
  holds,
  whyNot,
  outputTokensPerSecond,
  ttftMs,
  itlMs,
  goodRate,
}: ReportCell) {
  return {
    variant,
    holds: holds ? "yes" : `no: ${whyNot}`,
    speed: outputTokensPerSecond === null ? ABSENT : supported(outputTokensPerSecond),
    ttft: ttftMs.p95 === null ? ABSENT : supported(ttftMs.p95),
    itl: itlMs.p95 === null ? ABSENT : supported(itlMs.p95),
    good: goodRate === null ? ABSENT : percent(goodRate.value),
  };
}

/** What the numbers at the marks of the chart over loads are. */
function loadMarks({ cells }: TradeoffReport): string {
  const loops = new Set(cells.map((cell) => cell.loop));
  if (!loops.has("open")) return "users at once";
  return loops.size === 1
    ? "requests offered a second"
    : "users at once, or requests offered a second (/s)";
}

function kneesInWords({ knees, loop }: TradeoffReport): string {
  const parts = Object.entries(knees).map(
    ([variant, level]) => `${variant} ${loadMark({ loop, level })}`,
  );
  const unit = loop === "closed" ? ", users" : "";
  return parts.length === 0
    ? ""
    : `Knee (throughput over latency greatest)${unit}: ${parts.join(", ")}.`;
}

/** A stream of a mix: what decides, of its own requests. */
function streamRow({
  stream,
  variant,
  requests,
  failed,
  goodRate,
  ttftMs,
  itlMs,
  e2eMs,
  ...load
}: StreamOfMix) {
  const shown = (estimate: Interval | null) => (estimate === null ? ABSENT : supported(estimate));
  return {
    variant,
    load: loadInWords(load),
    stream,
    requests,
    failed,
    good: goodRate === null ? ABSENT : percent(goodRate.value),
    figures: [ttftMs.p50, ttftMs.p95, itlMs.p50, itlMs.p95, e2eMs.p50, e2eMs.p95].map(shown),
  };
}

function qualityRow(quality: ReportQuality, base: string | null) {
  const { deltaLogPerplexity: delta } = quality;
  const share = delta === null ? null : asPerplexityShare(delta);
  return {
    variant: quality.variant,
    perplexity: quality.perplexity.toFixed(3),
    delta: share === null ? ABSENT : signedShare(share).value,
    range: share === null ? ABSENT : signedShare(share).range,
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
