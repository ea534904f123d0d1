import type { GateCheck, GateComparison } from "../../records/gate.ts";
import { percent, range, significant, supported } from "../format.ts";

const ABSENT = "–";

/** A check's figure and limit with as many digits as tell them apart, three at least: 500.2 against 500, not 500. */
export function wordFigure({ figure, limit, unit }: GateCheck): string {
  if (figure === null) return ABSENT;
  return withUnit(toldApart(figure, limit), unit);
}

export function wordLimit({ limit, bound, unit }: GateCheck): string {
  return `${bound === "at most" ? "≤" : "≥"} ${withUnit(limit, unit)}`;
}

export function wordInterval({ interval, unit }: GateCheck): string {
  if (interval === null) return ABSENT;
  return unit === "share"
    ? `${significant(100 * interval.low)} to ${percent(interval.high)}`
    : range(interval);
}

/** "+11.6 %" and "+8.2 to +15.1 %"; of a share, in percentage points. */
export function wordChange({ change, unit }: Pick<GateComparison, "change" | "unit">): {
  readonly value: string;
  readonly range: string;
} {
  if (change === null) return { value: ABSENT, range: ABSENT };
  const decimals = decimalsFor(100 * (change.high - change.low));
  const signed = (share: number) => {
    const size = Math.abs(100 * share).toLocaleString("en", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
    return `${share < 0 && Number(size) !== 0 ? "−" : "+"}${size}`;
  };
  return {
    value: inPoints(`${signed(change.value)} %`, unit),
    range: inPoints(`${signed(change.low)} to ${signed(change.high)} %`, unit),
  };
}

/** So that a change can be told from a tolerance in whole percent, and no finer than its interval. */
function decimalsFor(widthInPercent: number): number {
  if (widthInPercent < 0.2) return 2;
  return widthInPercent < 20 ? 1 : 0;
}

export function wordTolerance({ tolerance, unit }: GateComparison): string {
  return inPoints(percent(tolerance), unit);
}

function inPoints(text: string, unit: GateComparison["unit"]): string {
  return unit === "share" ? text.replace("%", "pp") : text;
}

/** A metric's own figure, without its unit: the change's interval says how many of its digits count. */
export function wordSide(value: number | null, { unit, change }: GateComparison): string {
  if (value === null) return ABSENT;
  if (unit === "share") return percent(value);
  if (unit !== "perplexity" || change === null) return significant(value);
  const [low, high] = [value * (1 + change.low), value * (1 + change.high)];
  return supported({ value, low, high });
}

/** A metric with its unit, as a column's head would have it. */
export function wordMetric({ metric, unit }: Pick<GateComparison, "metric" | "unit">): string {
  return unit === "ms" || unit === "tok/s" ? `${metric}, ${unit}` : metric;
}

/** What failed or might have, as verdicts that catch the eye. */
export function wordVerdict(verdict: GateCheck["verdict"] | GateComparison["verdict"]): string {
  return verdict === "breach" || verdict === "regression" ? verdict.toUpperCase() : verdict;
}

/** One check in a sentence. */
export function sayCheck(check: GateCheck): string {
  const figure = check.figure === null ? (check.reason ?? "not measured") : wordFigure(check);
  const certainty = check.interval === null ? "" : `, 95 %: ${wordInterval(check)}`;
  const reason = check.figure === null || check.reason === null ? "" : `: ${check.reason}`;
  return `${figure}, limit ${wordLimit(check)} (n = ${check.n}${certainty})${reason}`;
}

/** One comparison in a sentence. */
export function sayComparison(comparison: GateComparison): string {
  const { baseline, figure, change, reason, verdict } = comparison;
  if (change === null) return reason ?? "not measured";
  const { value, range: interval } = wordChange(comparison);
  const from = `${wordSide(baseline, comparison)} to ${wordSide(figure, comparison)}`;
  return `${verdict}: ${value} (95 %: ${interval}), from ${from}, tolerance ${wordTolerance(comparison)}`;
}

function toldApart(figure: number, limit: number): number {
  for (let digits = 3; digits < 15; digits += 1) {
    const rounded = Number(figure.toPrecision(digits));
    if (rounded !== limit || figure === limit) return rounded;
  }
  return figure;
}

function withUnit(value: number, unit: GateCheck["unit"]): string {
  const plain = (number: number) => number.toLocaleString("en", { maximumFractionDigits: 10 });
  switch (unit) {
    case "ms":
      return `${plain(value)} ms`;
    case "share":
      return `${plain(Number((100 * value).toPrecision(12)))} %`;
    case "requests":
      return plain(value);
    default:
      return unit satisfies never;
  }
}
