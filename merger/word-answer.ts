import type { TradeoffReport } from "../records/report.ts";
import { asPerplexityShare, listed, percent, signedPercent, significant, users } from "./format.ts";
import {
  type Candidate,
  type Choice,
  chooseAmong,
  isAcceptable,
  speedGain,
  speedOf,
} from "./recommend.ts";

export interface AnswerContext {
  readonly candidates: readonly Candidate[];
  readonly choice: Choice | undefined;
  readonly rule: TradeoffReport["rule"];
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
    );
  }
  if (choice === undefined) return nothingHolds(context);
  const { chosen, ties, worseTies } = choice;
  const { variant, level } = chosen.cell.figures;
  const undecided = ties.length > 0;
  const names = ties.map(nameOf);
  return {
    verdict: undecided ? "not separable" : "recommended",
    sentence: undecided
      ? `${listed([variant, ...names])} are not separable at ${users(level)}, in speed nor in quality; ${variant} is the smallest: ${figuresOf(chosen, context)}.`
      : `Run ${variant} at ${users(level)}: ${figuresOf(chosen, context)}.`,
    reason: reasonOf(chosen, worseTies, context),
    variant,
    level,
    ties: names,
  };
}

function nothing(
  verdict: TradeoffReport["answer"]["verdict"],
  sentence: string,
  reason: string,
): TradeoffReport["answer"] {
  return { verdict, sentence, reason, variant: null, level: null, ties: [] };
}

function nothingHolds({ candidates, rule }: AnswerContext): TradeoffReport["answer"] {
  const closest = candidates.toSorted(
    (a, b) =>
      (b.cell.figures.goodRate ?? -1) - (a.cell.figures.goodRate ?? -1) || speedOf(b) - speedOf(a),
  )[0];
  const figures = closest?.cell.figures;
  const comesClosest =
    figures === undefined || figures.goodRate === null
      ? "No request of the steady phase was recorded"
      : `${figures.variant} at ${users(figures.level)} comes closest: ${percent(figures.goodRate)} of its requests are good`;
  return nothing(
    "nothing holds",
    `Nothing holds the service level with the quality asked for. ${comesClosest}.`,
    `A variant holds where at least ${percent(rule.goodRateMin)} of its requests keep the SLO, and its perplexity is at most ${percent(rule.qualityTolerance)} above the base's.`,
  );
}

/** For example `412 tok/s, TTFT p95 180 ms (limit 500), perplexity 44.2, +0.3 % against base-fp16`. */
function figuresOf(candidate: Candidate, { rule, base }: AnswerContext): string {
  const { ttftMs, outputTokensPerSecond } = candidate.cell.figures;
  const limit = rule.slo["ttftMs"];
  const [name, ttft] = ttftMs.p95 === null ? ["p50", ttftMs.p50] : ["p95", ttftMs.p95];
  const parts = [
    outputTokensPerSecond === null ? null : `${significant(outputTokensPerSecond.value)} tok/s`,
    ttft === null
      ? null
      : `TTFT ${name} ${significant(ttft.value)} ms${limit === undefined ? "" : ` (limit ${limit})`}`,
    qualityOf(candidate, base),
  ];
  return parts.filter((part) => part !== null).join(", ");
}

function qualityOf(candidate: Candidate, base: string | null): string | null {
  if (candidate.perplexity === undefined) return "quality not measured";
  const perplexity = `perplexity ${significant(candidate.perplexity)}`;
  if (candidate.delta === undefined) return perplexity;
  const share = asPerplexityShare(candidate.delta);
  return `${perplexity}, ${signedPercent(share.value)} against ${base}`;
}

function reasonOf(
  chosen: Candidate,
  worseTies: readonly Candidate[],
  { candidates, rule, base }: AnswerContext,
): string {
  const { level } = chosen.cell.figures;
  const rivals = candidates.filter(
    (c) =>
      c !== chosen &&
      c.holds &&
      c.cell.figures.level === level &&
      isAcceptable(c, candidates, rule.qualityTolerance),
  );
  const slower = rivals.filter((c) => !worseTies.includes(c) && speedOf(c) < speedOf(chosen));
  const parts = [
    `${users(level)} is the highest load at which a variant of acceptable quality (perplexity at most ${percent(rule.qualityTolerance)} above ${base ?? "the base"}'s) keeps the service level`,
    slower.length > 0 ? `there it is faster than ${listed(slower.map(nameOf))}` : null,
    worseTies.length > 0
      ? `in speed it is not separable from ${listed(worseTies.map(nameOf))}, and its perplexity is clearly lower`
      : null,
  ];
  return `${parts.filter((part) => part !== null).join("; ")}.`;
}

/** What another limit, another load or another tolerance would make of the answer: each computed, none guessed. */
export function wordSensitivity(context: AnswerContext): string[] {
  const { choice, candidates, rule } = context;
  if (choice === undefined) return [];
  const { chosen, level } = choice;
  const lines = [ttftLine(chosen), lossyLine(context, chosen), losslessLine(context, chosen)];
  for (const other of lowerLevels(candidates, level)) {
    const there = chooseAmong(
      candidates.filter(
        (c) =>
          c.cell.figures.level === other &&
          c.holds &&
          isAcceptable(c, candidates, rule.qualityTolerance),
      ),
    );
    if (there !== undefined && nameOf(there.chosen) !== nameOf(chosen)) {
      lines.push(
        `At ${users(other)} it would be ${nameOf(there.chosen)} (${significant(speedOf(there.chosen))} tok/s).`,
      );
    }
  }
  return lines.filter((line) => line !== null);
}

function ttftLine(chosen: Candidate): string | null {
  const p95 = chosen.cell.figures.ttftMs.p95;
  if (p95 === null) return null;
  return `With a TTFT limit below ${significant(p95.value)} ms, ${nameOf(chosen)} would not hold this load.`;
}

/** A faster variant that the tolerance keeps out. */
function lossyLine({ candidates, rule }: AnswerContext, chosen: Candidate): string | null {
  const out = candidates
    .filter(
      (c) =>
        c.holds &&
        c.cell.figures.level === chosen.cell.figures.level &&
        speedOf(c) > speedOf(chosen) &&
        c.delta !== undefined &&
        !isAcceptable(c, candidates, rule.qualityTolerance),
    )
    .toSorted((a, b) => speedOf(b) - speedOf(a))[0];
  if (out?.delta === undefined) return null;
  const gain = speedGain(out, chosen);
  const share = asPerplexityShare(out.delta);
  const faster = gain === undefined ? "" : `, with ${signedPercent(gain.value)} tok/s`;
  return `If a perplexity ${percent(share.high)} above the base's were acceptable, it would be ${nameOf(out)}${faster}.`;
}

/** What no loss at all would cost. */
function losslessLine({ candidates }: AnswerContext, chosen: Candidate): string | null {
  if (chosen.isBase || chosen.delta === undefined || chosen.delta.low <= 0) return null;
  const base = candidates.find(
    (c) => c.isBase && c.cell.figures.level === chosen.cell.figures.level,
  );
  if (base === undefined) return null;
  const speed = `${significant(speedOf(base))} tok/s`;
  return base.holds
    ? `If no loss at all were acceptable, it would be ${nameOf(base)}, with ${speed}.`
    : `If no loss at all were acceptable, there would be no answer at this load: ${nameOf(base)} does not hold it.`;
}

function lowerLevels(candidates: readonly Candidate[], level: number | null): number[] {
  const levels = candidates.flatMap((c) => c.cell.figures.level ?? []);
  return [...new Set(levels)]
    .filter((other) => level !== null && other < level)
    .sort((a, b) => a - b);
}

function nameOf(candidate: Candidate): string {
  return candidate.cell.figures.variant;
}
