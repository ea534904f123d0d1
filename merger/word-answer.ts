import type { TradeoffReport } from "../records/report.ts";
import {
  asPerplexityShare,
  isClear,
  listed,
  percent,
  signedShare,
  significant,
  supported,
} from "./format.ts";
import { whyItDoesNotHold } from "./judge-cell.ts";
import { loadInWords } from "./load-in-words.ts";
import {
  byPrice,
  type Candidate,
  type Choice,
  isQualityMeasured,
  speedOf,
  termsOf,
} from "./recommend.ts";
import { type Judgement, wordCloseCall } from "./word-sensitivity.ts";

export interface AnswerContext extends Judgement {
  readonly base: string | null;
}

/** The answer in one sentence with its figures, and the reason for it. */
export function wordAnswer(context: AnswerContext): TradeoffReport["answer"] {
  const { choice, candidates } = context;
  if (candidates.length === 0) {
    return nothing(
      "no comparison",
      "No run was measured, so there is no speed to weigh quality against.",
      "",
      null,
    );
  }
  if (choice === undefined) return nothingHolds(context);
  const { chosen, ties } = choice;
  const { variant, level } = chosen.cell.figures;
  const names = ties.map(nameOf);
  return {
    verdict: ties.length > 0 ? "not separable" : "recommended",
    sentence: `Run ${variant} at ${loadInWords(chosen.cell.figures)}: ${figuresOf(choice, context)}.${tiesInWords(chosen, ties)}`,
    reason: reasonOf(choice, context),
    closeCall: wordCloseCall(context),
    variant,
    level,
    ties: names,
  };
}

function tiesInWords(chosen: Candidate, ties: readonly Candidate[]): string {
  if (ties.length === 0) return "";
  const cheaper = ties.every((tie) => byPrice(chosen, tie) < 0);
  const what = `the ${cheaper ? "cheap" : "small"}${ties.length > 1 ? "est" : "er"}`;
  return ` In speed and quality it is not separable from ${listed(ties.map(nameOf))}; it is ${what}.`;
}

function nothing(
  verdict: TradeoffReport["answer"]["verdict"],
  sentence: string,
  reason: string,
  closeCall: string | null,
): TradeoffReport["answer"] {
  return { verdict, sentence, reason, closeCall, variant: null, level: null, ties: [] };
}

function nothingHolds(context: AnswerContext): TradeoffReport["answer"] {
  const { candidates, rule } = context;
  if (candidates.every(({ cell }) => cell.figures.requests === 0)) {
    return nothing(
      "no comparison",
      "No request of a steady phase was recorded, so nothing can be said of the service level.",
      "The records end before the load was up: what they hold is below.",
      null,
    );
  }
  const measured = isQualityMeasured(candidates);
  const sentence = `Nothing holds the service level${measured ? " with the quality asked for" : ""}.`;
  const quality = `, and its perplexity is at most ${percent(rule.qualityTolerance)} above the base's`;
  return nothing(
    "nothing holds",
    `${sentence} ${closestInWords(context)}.`,
    `A variant holds where at least ${percent(rule.goodRateMin)} of its requests keep the SLO${measured ? quality : ""}.`,
    wordCloseCall(context),
  );
}

/** What comes closest, and what it lacks. Of those that keep the SLO as often, one of acceptable quality. */
function closestInWords({ candidates, rule, base }: AnswerContext): string {
  const { acceptable } = termsOf(candidates, rule.qualityTolerance);
  const goodRateOf = ({ cell }: Candidate) => cell.figures.goodRate?.value ?? -1;
  const [closest] = candidates.toSorted(
    (a, b) =>
      goodRateOf(b) - goodRateOf(a) ||
      Number(acceptable(b)) - Number(acceptable(a)) ||
      speedOf(b) - speedOf(a),
  );
  if (closest === undefined || closest.cell.figures.goodRate === null) return "Nothing comes close";
  const { figures } = closest.cell;
  const lacks =
    whyItDoesNotHold(figures, goodRateOf(closest), rule.goodRateMin) ??
    (closest.delta === undefined
      ? "its quality was not measured"
      : `its perplexity is ${signedShare(asPerplexityShare(closest.delta)).value} against ${base ?? "the base"}`);
  return `${figures.variant} at ${loadInWords(figures)} comes closest: ${lacks}`;
}

/** For example `412 tok/s, TTFT p95 180 ms (limit 500), perplexity 44.2, +0.3 % against base-fp16`. */
function figuresOf({ chosen, ties }: Choice, { rule, base }: AnswerContext): string {
  const { ttftMs, outputTokensPerSecond } = chosen.cell.figures;
  const limit = rule.slo["ttftMs"];
  const [name, ttft] = ttftMs.p95 === null ? ["p50", ttftMs.p50] : ["p95", ttftMs.p95];
  const parts = [
    outputTokensPerSecond === null ? null : `${supported(outputTokensPerSecond)} tok/s`,
    ttft === null
      ? null
      : `TTFT ${name} ${supported(ttft)} ms${limit === undefined ? "" : ` (limit ${limit})`}`,
    // Where the base is a tie, the next sentence says so.
    qualityOf(chosen, ties.some((tie) => tie.isBase) ? null : base),
  ];
  return parts.filter((part) => part !== null).join(", ");
}

function qualityOf(candidate: Candidate, base: string | null): string | null {
  if (candidate.perplexity === undefined) return "quality not measured";
  const perplexity = `perplexity ${significant(candidate.perplexity)}`;
  if (candidate.delta === undefined || base === null) return perplexity;
  if (!isClear(candidate.delta)) return `${perplexity}, not separable from ${base}'s`;
  return `${perplexity}, ${signedShare(asPerplexityShare(candidate.delta)).value} against ${base}`;
}

function reasonOf(
  { chosen, ties, worseTies }: Choice,
  { candidates, rule, base }: AnswerContext,
): string {
  const { level } = chosen.cell.figures;
  const { acceptable } = termsOf(candidates, rule.qualityTolerance);
  const rivals = candidates.filter(
    (c) => c !== chosen && c.holds && c.cell.figures.level === level && acceptable(c),
  );
  const quality = isQualityMeasured(candidates)
    ? ` of acceptable quality (perplexity at most ${percent(rule.qualityTolerance)} above ${base ?? "the base"}'s)`
    : "";
  const slower = rivals.filter((c) => !worseTies.includes(c) && !ties.includes(c));
  const parts = [
    `${loadInWords(chosen.cell.figures)} is the highest load at which a variant${quality} keeps the service level`,
    slower.length > 0 ? `there it is faster than ${listed(slower.map(nameOf))}` : null,
    worseTies.length > 0
      ? `in speed it is not separable from ${listed(worseTies.map(nameOf))}, and its perplexity is clearly lower`
      : null,
  ];
  return `${parts.filter((part) => part !== null).join("; ")}.`;
}

function nameOf(candidate: Candidate): string {
  return candidate.cell.figures.variant;
}
