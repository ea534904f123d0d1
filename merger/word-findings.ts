import type { Interval } from "../lib/core/interval.ts";
import type { ReportCell, ReportQuality, TradeoffReport } from "../records/report.ts";
import { isResult } from "./assess-health.ts";
import { asPerplexityShare, isClear, listed, signedShare, supported } from "./format.ts";
import { isMeasured } from "./judge-cell.ts";
import { isSameLoad, type Load, loadInWords } from "./load-in-words.ts";
import { type Candidate, speedGain } from "./recommend.ts";

/** Names of more than this many variants are no heading any more. */
const MOST_NAMES = 3;

/** What the findings are found in. */
export interface Findings {
  readonly candidates: readonly Candidate[];
  readonly chosen: Candidate | undefined;
  /** The load that the report is about. */
  readonly load: Load;
  readonly cells: readonly ReportCell[];
  readonly rule: TradeoffReport["rule"];
  readonly health: TradeoffReport["health"]["verdict"];
  readonly qualities: readonly ReportQuality[];
  readonly base: string | null;
  readonly failures: TradeoffReport["failures"];
}

/**
 * The heading of each part, where its data says one thing; `null` where it does not. What was measured by a client that
 * was late, or cut short, says nothing for certain.
 */
export function wordFindings(found: Findings): TradeoffReport["findings"] {
  const valid = isResult(found.health);
  return {
    speed: valid ? speedFinding(found) : null,
    serviceLevel: valid ? serviceLevelFinding(found) : null,
    firstTokens: valid ? firstTokensFinding(found) : null,
    quality: qualityFinding(found),
    failures: failuresFinding(found),
  };
}

/**
 * What is recommended against the base, and no other pair: of many, some would look different by chance. In an open loop
 * each has the throughput that it is offered.
 */
function speedFinding({ candidates, chosen, load }: Findings): string | null {
  const base = candidates.find((c) => c.isBase && isSameLoad(c.cell.figures, load));
  if (chosen === undefined || base === undefined || chosen === base || load.loop === "open") {
    return null;
  }
  const gain = speedGain(chosen, base);
  if (gain === undefined || !isMeasured(base.cell.figures)) return null;
  const [name, baseName, at] = [nameOf(chosen), nameOf(base), loadInWords(load)];
  return isClear(gain)
    ? `${name} gives ${gainInWords(gain)} ${baseName} at ${at}`
    : `${name} is not separable from ${baseName} in speed at ${at}`;
}

/** "31 % more tok/s than", "3.1 times the tok/s of". */
function gainInWords({ value, low, high }: Interval): string {
  const [sign, word] = value < 0 ? [-100, "fewer"] : [100, "more"];
  return value < 1
    ? `${supported({ value: sign * value, low: 100 * low, high: 100 * high })} % ${word} tok/s than`
    : `${supported({ value: 1 + value, low: 1 + low, high: 1 + high })} times the tok/s of`;
}

function serviceLevelFinding({ cells, load, rule }: Findings): string | null {
  const there = cells.filter((cell) => isSameLoad(cell, load));
  if (Object.keys(rule.slo).length === 0 || there.length === 0) return null;
  if (there.some((cell) => !isMeasured(cell))) return null;
  const holding = there.filter(({ holds }) => holds).map(({ variant }) => variant);
  const at = `the service level at ${loadInWords(load)}`;
  if (there.length === 1) {
    return `${there[0]?.variant} ${holding.length === 1 ? "keeps" : "does not keep"} ${at}`;
  }
  if (holding.length === 0) return `No variant keeps ${at}`;
  const others = there.length - holding.length;
  if (others === 0) return `${there.length === 2 ? "Both" : `All ${there.length}`} keep ${at}`;
  return `${namesOrNumber(holding)} ${holding.length === 1 ? "keeps" : "keep"} ${at}, ${others} of ${there.length} ${others === 1 ? "does" : "do"} not`;
}

function firstTokensFinding({ chosen }: Findings): string | null {
  const { p50, p95 } = chosen?.cell.figures.ttftMs ?? {};
  if (chosen === undefined || !p50) return null;
  const half = `Half of ${nameOf(chosen)}'s first tokens come within ${supported(p50)} ms`;
  return p95 ? `${half}, 95 % within ${supported(p95)} ms` : half;
}

function qualityFinding({ qualities, base }: Findings): string | null {
  const differences = qualities.flatMap(({ variant, deltaLogPerplexity: delta }) =>
    delta === null ? [] : [{ variant, delta }],
  );
  if (base === null || differences.length === 0) return null;
  const named = (of: (delta: Interval) => boolean) => differences.filter(({ delta }) => of(delta));
  const [worse, better, same] = [
    named(({ low }) => low > 0),
    named(({ high }) => high < 0),
    named((delta) => !isClear(delta)),
  ];
  const withShare = ({ variant, delta }: (typeof differences)[number]) =>
    `${variant} (${signedShare(asPerplexityShare(delta)).value})`;
  const parts = [
    ...saidOf(worse.map(withShare), "clearly worse"),
    ...saidOf(better.map(withShare), "clearly better"),
    ...saidOf(
      same.map(({ variant }) => variant),
      "not separable",
    ),
  ];
  return `Against ${base}, ${parts.join("; ")}`;
}

function saidOf(names: readonly string[], what: string): string[] {
  if (names.length === 0) return [];
  return [`${namesOrNumber(names)} ${names.length === 1 ? "is" : "are"} ${what}`];
}

function failuresFinding({ failures }: Findings): string | null {
  const byOutcome = new Map<string, number>();
  for (const { outcome, count } of failures) {
    byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + count);
  }
  const counts = [...byOutcome].toSorted(([, a], [, b]) => b - a);
  const [first, ...more] = counts;
  if (first === undefined) return null;
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const each = counts.map(([outcome, count]) => `${count.toLocaleString("en")} ${outcome}`);
  const requests = `${total.toLocaleString("en")} ${total === 1 ? "request" : "requests"}`;
  return `${requests} did not complete, warm-up and drain included: ${more.length === 0 ? first[0] : listed(each)}`;
}

function namesOrNumber(names: readonly string[]): string {
  return names.length > MOST_NAMES ? `${names.length} variants` : listed(names);
}

function nameOf({ cell }: Candidate): string {
  return cell.figures.variant;
}
