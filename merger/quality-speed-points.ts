import type { ReportPoint } from "../records/report.ts";
import { onFrontier } from "./find-frontier.ts";
import { asPerplexityShare } from "./format.ts";
import { isSameLoad, type Load } from "./load-in-words.ts";
import type { Candidate } from "./recommend.ts";

/** The picture's points: the base's own interval is zero, since the others' are of their difference from it. */
export function pointsAt(
  candidates: readonly Candidate[],
  load: Load,
  chosen: Candidate | undefined,
): ReportPoint[] {
  const base = candidates.find((candidate) => candidate.isBase)?.perplexity;
  const drawn = candidates.flatMap((candidate) => {
    const { figures } = candidate.cell;
    const speed = figures.outputTokensPerSecond;
    if (!isSameLoad(figures, load) || speed === null || candidate.perplexity === undefined)
      return [];
    return [{ candidate, speed, perplexity: perplexityInterval(candidate, base) }];
  });
  const frontier = onFrontier(
    drawn.map(({ speed, perplexity }) => ({ speed: speed.value, perplexity: perplexity.value })),
  );
  return drawn.map(({ candidate, speed, perplexity }, i) => ({
    variant: candidate.cell.figures.variant,
    outputTokensPerSecond: speed,
    perplexity,
    onFrontier: frontier[i] ?? false,
    recommended: candidate === chosen,
    holds: candidate.holds,
  }));
}

function perplexityInterval(candidate: Candidate, base: number | undefined) {
  const value = candidate.perplexity ?? Number.NaN;
  if (candidate.delta === undefined || base === undefined)
    return { value, low: value, high: value };
  const share = asPerplexityShare(candidate.delta);
  return { value, low: base * (1 + share.low), high: base * (1 + share.high) };
}
