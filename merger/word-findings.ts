import type { Interval } from "../lib/core/interval.ts";
import type { ReportCell, ReportQuality, TradeoffReport } from "../records/report.ts";
import { asPerplexityShare, isClear, listed, percent, signedShare, supported } from "./format.ts";
import { isSameLoad, type Load, loadInWords } from "./load-in-words.ts";
import { type Candidate, speedGain, speedOf } from "./recommend.ts";

type Failure = TradeoffReport["failures"][number];

/** Names of more than this many variants are no heading any more. */
const MOST_NAMES = 3;

/** What the findings are found in. */
export interface Findings {
  readonly candidates: readonly Candidate[];
  /** The load that the report is about. */
  readonly load: Load;
  readonly cells: readonly ReportCell[];
  /** What is recommended there. */
  readonly chosen: ReportCell | undefined;
  readonly rule: TradeoffReport["rule"];
  readonly qualities: readonly ReportQuality[];
  readonly base: string | null;
  readonly failures: readonly Failure[];
}

/** The heading of each part, where its data says one thing; `null` where it does not. */
export function wordFindings(found: Findings): TradeoffReport["findings"] {
  return {
    speed: speedFinding(found),
    serviceLevel: serviceLevelFinding(found),
    firstTokens: firstTokensFinding(found),
    quality: qualityFinding(found),
    failures: failuresFinding(found),
  };
}

function speedFinding({ candidates, load }: Findings): string | null {
  const there = candidates
    .filter(({ cell }) => isSameLoad(cell.figures, load))
    .toSorted((a, b) => speedOf(b) - speedOf(a));
  const [fastest, slowest] = [there[0], there.at(-1)];
  if (fastest === undefined || slowest === undefined || fastest === slowest) return null;
  const gain = speedGain(fastest, slowest);
  if (gain === undefined) return null;
  if (isClear(gain)) {
    return `${nameOf(fastest)} is ${faster(gain)} ${nameOf(slowest)} at ${loadInWords(load)}`;
  }
  const anyClear = there.some((a) => there.some((b) => a !== b && isClearlyFaster(a, b)));
  return anyClear ? null : `No variant is clearly faster than another at ${loadInWords(load)}`;
}

function isClearlyFaster(a: Candidate, b: Candidate): boolean {
  const gain = speedGain(a, b);
  return gain !== undefined && gain.low > 0;
}

/** "31 % faster than", "3.1 times as fast as". */
function faster({ value, low, high }: Interval): string {
  return value < 1
    ? `${percent(value)} faster than`
    : `${supported({ value: 1 + value, low: 1 + low, high: 1 + high })} times as fast as`;
}

function serviceLevelFinding({ cells, load, rule }: Findings): string | null {
  if (Object.keys(rule.slo).length === 0) return null;
  const there = cells.filter((cell) => isSameLoad(cell, load));
  const holding = there.filter(({ holds }) => holds).map(({ variant }) => variant);
  if (there.length === 0) return null;
  const at = `the service level at ${loadInWords(load)}`;
  if (holding.length === 0) return `No variant keeps ${at}`;
  if (there.length === 1) return `${holding[0]} keeps ${at}`;
  if (holding.length === there.length) return `All ${there.length} variants keep ${at}`;
  const others = there.length - holding.length;
  return `${namesOrNumber(holding)} ${holding.length === 1 ? "keeps" : "keep"} ${at}, ${others} of ${there.length} ${others === 1 ? "does" : "do"} not`;
}

function firstTokensFinding({ chosen }: Findings): string | null {
  const { p50, p95 } = chosen?.ttftMs ?? {};
  if (chosen === undefined || !p50 || !p95) return null;
  return `Half of ${chosen.variant}'s first tokens come within ${supported(p50)} ms, 95 % within ${supported(p95)} ms`;
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
    ...clearly(worse.map(withShare), "worse"),
    ...clearly(better.map(withShare), "better"),
    ...(same.length === 0
      ? []
      : [`${namesOrNumber(same.map(({ variant }) => variant))} ${are(same)} not separable`]),
  ];
  return `Against ${base}, ${parts.join("; ")}`;
}

function clearly(names: readonly string[], what: string): string[] {
  return names.length === 0 ? [] : [`${namesOrNumber(names)} ${are(names)} clearly ${what}`];
}

function are(several: readonly unknown[]): string {
  return several.length === 1 ? "is" : "are";
}

function failuresFinding({ failures }: Findings): string | null {
  const byOutcome = new Map<string, number>();
  for (const { outcome, count } of failures) {
    byOutcome.set(outcome, (byOutcome.get(outcome) ?? 0) + count);
  }
  const counts = [...byOutcome].toSorted(([, a], [, b]) => b - a);
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  const parts = counts.map(([outcome, count]) => `${count.toLocaleString("en")} ${outcome}`);
  return `${total.toLocaleString("en")} ${total === 1 ? "request" : "requests"} failed: ${listed(parts)}`;
}

function namesOrNumber(names: readonly string[]): string {
  return names.length > MOST_NAMES ? `${names.length} variants` : listed(names);
}

function nameOf({ cell }: Candidate): string {
  return cell.figures.variant;
}
