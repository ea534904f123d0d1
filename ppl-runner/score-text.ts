import { UserError } from "../lib/core/user-error.ts";
import { stridedWindows } from "./strided-windows.ts";
import type { TokenScorer } from "./token-scorer.ts";

export interface ScoringProgress {
  /** 0 to 1, of the tokens to score. */
  readonly fraction: number;
  /** Of the tokens scored so far. */
  readonly perplexity: number;
  /** Scored tokens by second so far. */
  readonly tokensPerSecond: number;
}

export interface ScoringOptions {
  readonly windowTokens: number;
  readonly strideTokens: number;
  readonly onProgress: (progress: ScoringProgress) => void;
  readonly signal: AbortSignal;
}

export interface ScoredText {
  /** NLL of each scored token in nats, in text order. */
  readonly nlls: Float32Array;
  /** Positions of the scored tokens in the stream. */
  readonly positions: readonly number[];
  /** Sum of `nlls`, added in fp64. */
  readonly sumNll: number;
}

/**
 * Scores a token stream by the `strided` protocol.
 *
 * @throws UserError `interrupted` when the signal says so; `bad-input` where the model gives no finite log-probability
 */
export async function scoreText(
  scorer: Pick<TokenScorer, "logProbabilities">,
  ids: readonly number[],
  options: ScoringOptions,
): Promise<ScoredText> {
  const windows = stridedWindows(ids.length, options.windowTokens, options.strideTokens);
  const total = windows.reduce((sum, window) => sum + window.end - window.scoreFrom, 0);
  const nlls = new Float32Array(total);
  const positions: number[] = [];
  let sumNll = 0;
  const startedAt = performance.now();
  for (const window of windows) {
    if (options.signal.aborted) {
      throw new UserError(
        "interrupted",
        `stopped after ${positions.length} of ${total} tokens; no perplexity was written`,
      );
    }
    const logProbabilities = await scorer.logProbabilities(ids.slice(window.start, window.end));
    for (let position = window.scoreFrom; position < window.end; position++) {
      const logProbability = logProbabilities[position - window.start - 1] ?? Number.NaN;
      if (!Number.isFinite(logProbability)) throw notFinite(position, logProbability);
      nlls[positions.length] = -logProbability;
      positions.push(position);
      sumNll -= logProbability;
    }
    options.onProgress({
      fraction: positions.length / total,
      perplexity: Math.exp(sumNll / positions.length),
      tokensPerSecond: (positions.length * 1000) / (performance.now() - startedAt),
    });
  }
  return { nlls, positions, sumNll };
}

function notFinite(position: number, found: number): UserError {
  return new UserError(
    "bad-input",
    `the model gives token ${position} the log-probability ${found}, so the text has no perplexity; ` +
      "its weights are damaged, or it overflows in its precision",
  );
}
