import type { TradeoffReport } from "../records/report.ts";
import { asPerplexityShare, listed, percent, signedShare, significant } from "./format.ts";
import { leastTtftLimit, whyItDoesNotHold } from "./judge-cell.ts";
import { loadInWords } from "./load-in-words.ts";
import {
  type Candidate,
  type Choice,
  chooseAmong,
  recommend,
  speedGain,
  speedOf,
  type Terms,
  termsOf,
} from "./recommend.ts";

export interface Judgement {
  readonly candidates: readonly Candidate[];
  readonly choice: Choice | undefined;
  readonly rule: TradeoffReport["rule"];
}

/** A machine is this much faster or slower from one day to another: an answer that so little changes is a close call. */
const SLACK = 0.1;

/** What the rule would say with every limit of the SLO a little tighter, or looser; `null` where it says the same. */
export function wordCloseCall(judgement: Judgement): string | null {
  const { candidates, choice, rule } = judgement;
  const terms = termsOf(candidates, rule.qualityTolerance);
  const said = (["tighter", "looser"] as const).flatMap((word) => {
    const factor = word === "tighter" ? 1 - SLACK : 1 + SLACK;
    const holds = ({ cell }: Candidate) =>
      whyItDoesNotHold(cell.figures, cell.goodRateWith(factor), rule.goodRateMin) === null;
    const other = recommend(candidates, { ...terms, holds });
    if (nameOf(other?.chosen) === nameOf(choice?.chosen) && other?.level === choice?.level) {
      return [];
    }
    return [`with limits ${percent(SLACK)} ${word} it would be ${nameAndLoad(other)}`];
  });
  return said.length === 0 ? null : `A close call: ${said.join("; ")}.`;
}

/** What another limit, another load or another tolerance would make of the answer: each computed, none guessed. */
export function wordSensitivity(judgement: Judgement): string[] {
  const { choice } = judgement;
  if (choice === undefined) return [];
  return [
    ttftLine(judgement, choice),
    lossyLine(judgement, choice),
    losslessLine(judgement, choice),
    ...lowerLevelLines(judgement, choice),
  ].filter((line) => line !== null);
}

/** The TTFT limit from which on the choice no longer holds, and what would be chosen then. */
function ttftLine({ candidates, rule }: Judgement, { chosen }: Choice): string | null {
  const limit = leastTtftLimit(chosen.cell, rule.goodRateMin);
  if (limit === undefined) return null;
  const terms: Terms = {
    ...termsOf(candidates, rule.qualityTolerance),
    holds: ({ cell }) =>
      (leastTtftLimit(cell, rule.goodRateMin) ?? Number.POSITIVE_INFINITY) < limit,
  };
  const other = recommend(candidates, terms);
  const then = other === undefined ? "nothing would hold" : `it would be ${nameAndLoad(other)}`;
  const kept = `which ${percent(rule.goodRateMin)} of its requests keep`;
  return `With a TTFT limit below ${significant(limit)} ms, ${kept}, ${then}.`;
}

/** What the tolerance keeps out. */
function lossyLine({ candidates, rule }: Judgement, { chosen }: Choice): string | null {
  const other = recommend(candidates, termsOf(candidates, Number.POSITIVE_INFINITY));
  const delta = other?.chosen.delta;
  if (other === undefined || delta === undefined || other.chosen === chosen) return null;
  const { high } = asPerplexityShare(delta);
  if (high <= rule.qualityTolerance) return null;
  const gain = speedGain(other.chosen, chosen);
  const faster = gain === undefined ? "" : `, ${signedShare(gain).value} tok/s`;
  return `If perplexity could be ${percent(high)} above the base's, it would be ${nameAndLoad(other)}${faster}.`;
}

/** What no loss at all would cost. */
function losslessLine({ candidates, rule }: Judgement, { chosen }: Choice): string | null {
  const lossless = ({ isBase, delta }: Candidate) =>
    isBase || (delta !== undefined && delta.low <= 0);
  if (lossless(chosen) || chosen.delta === undefined) return null;
  const terms = { ...termsOf(candidates, rule.qualityTolerance), acceptable: lossless };
  const other = recommend(candidates, terms);
  return other === undefined
    ? "Without any measurable loss of quality nothing would hold."
    : `Without any measurable loss of quality it would be ${nameAndLoad(other)}, ${significant(speedOf(other.chosen))} tok/s.`;
}

/** Levels below the chosen one at which another variant is chosen, together where it is the same. */
function lowerLevelLines({ candidates, rule }: Judgement, { chosen, level }: Choice): string[] {
  const { acceptable, holds } = termsOf(candidates, rule.qualityTolerance);
  const { loop } = chosen.cell.figures;
  const levelsByName = new Map<string, number[]>();
  const levels = new Set(candidates.flatMap((c) => c.cell.figures.level ?? []));
  for (const lower of [...levels]
    .filter((l) => level !== null && l < level)
    .sort((a, b) => a - b)) {
    const there = chooseAmong(
      candidates.filter((c) => c.cell.figures.level === lower && holds(c) && acceptable(c)),
    );
    if (
      there === undefined ||
      [there.chosen, ...there.ties].some((c) => nameOf(c) === nameOf(chosen))
    )
      continue;
    const name = nameOf(there.chosen) ?? "";
    levelsByName.set(name, [...(levelsByName.get(name) ?? []), lower]);
  }
  return [...levelsByName].map(
    ([name, at]) =>
      `At ${listed([...at.slice(0, -1).map(String), loadInWords({ loop, level: at.at(-1) ?? null })])} it would be ${name}.`,
  );
}

function nameAndLoad(choice: Choice | undefined): string {
  return choice === undefined
    ? "nothing"
    : `${nameOf(choice.chosen)} at ${loadInWords(choice.chosen.cell.figures)}`;
}

function nameOf(candidate: Candidate | undefined): string | undefined {
  return candidate?.cell.figures.variant;
}
