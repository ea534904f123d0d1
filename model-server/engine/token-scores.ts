/** A token at one place of a text: how likely the model found it there. */
export interface RankedToken {
  readonly token: number;
  /** Natural logarithm of the model's probability: of the softmax of its logits, before temperature and truncation. */
  readonly logprob: number;
  /** 1: no token is likelier. */
  readonly rank: number;
}

/** The token that stands there, and the likeliest ones, itself perhaps among them. */
export interface ScoredToken extends RankedToken {
  readonly likeliest: readonly RankedToken[];
}

/** JSON has no infinity: vLLM's value of a token that can't come. */
const IMPOSSIBLE = -9999;

/** @param count how many of the likeliest tokens to tell of */
export function scoreToken(logits: Float32Array, token: number, count: number): ScoredToken {
  const normalizer = logSumExp(logits);
  const logprobOf = (id: number): number =>
    Math.max((logits[id] ?? Number.NEGATIVE_INFINITY) - normalizer, IMPOSSIBLE);
  const likeliest = largest(logits, count).map((id, index) => ({
    token: id,
    logprob: logprobOf(id),
    rank: index + 1,
  }));
  return { token, logprob: logprobOf(token), rank: rankOf(logits, token), likeliest };
}

/**
 * The scores of a text's own tokens; `null` for the first, which nothing comes before.
 *
 * @param logits [tokens, vocabulary]: row n is what the model says after token n
 */
export function scoreText(
  logits: Float32Array,
  tokens: readonly number[],
  count: number,
): readonly (ScoredToken | null)[] {
  const width = logits.length / tokens.length;
  return tokens.map((token, index) =>
    index === 0
      ? null
      : scoreToken(logits.subarray((index - 1) * width, index * width), token, count),
  );
}

function logSumExp(logits: Float32Array): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) max = Math.max(max, logits[i] ?? max);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i] ?? max) - max);
  return max + Math.log(sum);
}

function rankOf(logits: Float32Array, token: number): number {
  const value = logits[token] ?? Number.NEGATIVE_INFINITY;
  let rank = 1;
  for (let i = 0; i < logits.length; i++) if ((logits[i] ?? value) > value) rank++;
  return rank;
}

/** Indices of the `count` largest, largest first; of equal ones the lower index. */
function largest(logits: Float32Array, count: number): readonly number[] {
  const found: number[] = [];
  if (count === 0) return found;
  const valueAt = (place: number): number => logits[found[place] ?? -1] ?? Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) {
    const value = logits[i] ?? Number.NEGATIVE_INFINITY;
    if (found.length === count && value <= valueAt(count - 1)) continue;
    let place = found.length;
    while (place > 0 && value > valueAt(place - 1)) place--;
    found.splice(place, 0, i);
    if (found.length > count) found.pop();
  }
  return found;
}
