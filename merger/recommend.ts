import { batchMean } from "../lib/core/batch-means.ts";
import { clusteredRelativeDifference } from "../lib/core/bootstrap.ts";
import type { Interval } from "../lib/core/interval.ts";
import { isClear } from "./format.ts";
import type { MeasuredCell } from "./measure-cell.ts";

/**
 * The rule of the recommendation. It is short, so that a reader can check it by hand:
 *
 * 1. A variant is *acceptable* where its perplexity is at most `qualityTolerance` above the base's, at the pessimistic end
 *    of the paired interval.
 * 2. The level is the highest one at which an acceptable variant holds the service level.
 * 3. Of the acceptable variants that hold it there, the fastest (output tokens/s) is taken. Those that can't be told from
 *    it in speed are ties.
 * 4. Of the ties, one whose perplexity is clearly above another's is out. If more than one is left they are *not
 *    separable*, and the cheapest machine is named; of equal or unknown price the smallest model.
 */
export interface Candidate {
  readonly cell: MeasuredCell;
  readonly holds: boolean;
  /** Paired perplexity difference from the base in ln PPL; `undefined` where there is none. */
  readonly delta: Interval | undefined;
  readonly isBase: boolean;
  readonly perplexity: number | undefined;
  /** Per token, where they can be paired with the base's. */
  readonly nlls: Float32Array | undefined;
  readonly modelBytes: number | undefined;
  /** Price of its machines; `undefined` where none is known. */
  readonly perHour: number | undefined;
}

export interface Choice {
  readonly level: number | null;
  readonly chosen: Candidate;
  /** What could not be told from it, in speed nor in quality. */
  readonly ties: readonly Candidate[];
  /** What was as fast, and clearly worse. */
  readonly worseTies: readonly Candidate[];
}

/** What is asked of a candidate: the report's own terms, or others to see what they would change. */
export interface Terms {
  readonly acceptable: (candidate: Candidate) => boolean;
  readonly holds: (candidate: Candidate) => boolean;
}

/**
 * The terms of the rule. Without any quality measured, quality decides nothing; where some is, a variant must have shown
 * its own.
 *
 * @param qualityTolerance share that perplexity may be above the base's
 */
export function termsOf(candidates: readonly Candidate[], qualityTolerance: number): Terms {
  const unknown = !isQualityMeasured(candidates);
  return {
    acceptable: ({ isBase, delta }) =>
      unknown || isBase || (delta !== undefined && delta.high <= Math.log1p(qualityTolerance)),
    holds: (candidate) => candidate.holds,
  };
}

export function isQualityMeasured(candidates: readonly Candidate[]): boolean {
  return candidates.some(({ isBase, nlls }) => isBase || nlls !== undefined);
}

/** Applies the rule; `undefined` where no acceptable variant holds the service level anywhere. */
export function recommend(candidates: readonly Candidate[], terms: Terms): Choice | undefined {
  const holding = candidates.filter((c) => terms.acceptable(c) && terms.holds(c));
  if (holding.length === 0) return undefined;
  const highest = Math.max(...holding.map(levelOf));
  return chooseAmong(holding.filter((c) => levelOf(c) === highest));
}

/** Applies steps 3 and 4 to the variants of one level. */
export function chooseAmong(candidates: readonly Candidate[]): Choice | undefined {
  const fastest = candidates.toSorted((a, b) => speedOf(b) - speedOf(a))[0];
  if (fastest === undefined) return undefined;
  const asFast = candidates.filter((c) => c === fastest || !separableInSpeed(fastest, c));
  const best = asFast.filter((c) => !asFast.some((other) => clearlyWorse(c, other)));
  const chosen = best.toSorted(
    (a, b) => byPrice(a, b) || (a.modelBytes ?? 0) - (b.modelBytes ?? 0) || speedOf(b) - speedOf(a),
  )[0];
  if (chosen === undefined) return undefined;
  return {
    level: chosen.cell.figures.level,
    chosen,
    ties: best.filter((candidate) => candidate !== chosen),
    worseTies: asFast.filter((candidate) => !best.includes(candidate)),
  };
}

/** Where a price is not known, price decides nothing. */
export function byPrice(a: Candidate, b: Candidate): number {
  return a.perHour === undefined || b.perHour === undefined ? 0 : a.perHour - b.perHour;
}

export function speedOf(candidate: Candidate): number {
  return candidate.cell.figures.outputTokensPerSecond?.value ?? 0;
}

/** How much faster `a` is than `b`, as a share, with its interval. */
export function speedGain(a: Candidate, b: Candidate): Interval | undefined {
  return clusteredRelativeDifference(a.cell.tokenRates, b.cell.tokenRates);
}

/** A load that only ramps has no level, and comes before all that have one. */
function levelOf(candidate: Candidate): number {
  return candidate.cell.figures.level ?? 0;
}

function separableInSpeed(a: Candidate, b: Candidate): boolean {
  const gain = speedGain(a, b);
  return gain !== undefined && isClear(gain);
}

/** Whether `a`'s perplexity is above `b`'s beyond doubt, by paired tokens. */
function clearlyWorse(a: Candidate, b: Candidate): boolean {
  if (a === b || a.nlls === undefined || b.nlls === undefined) return false;
  if (a.nlls.length !== b.nlls.length) return false;
  const { nlls } = b;
  const difference = batchMean(a.nlls.map((nll, i) => nll - (nlls[i] ?? Number.NaN)));
  return difference !== undefined && difference.low > 0;
}
