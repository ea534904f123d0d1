import { createRandom } from "../../lib/core/random.ts";
import type { SampledChoice, Sampling } from "./generation-parameters.ts";

/** Picks the next token from one row of logits. */
export type Sampler = (logits: Float32Array) => number;

/**
 * The sampler of one sequence. A seeded one draws exactly one number a token from a stream of its own, so that a
 * sequence's choices don't depend on what else is in the batch.
 */
export function createSampler(sampling: Sampling): Sampler {
  if (sampling.kind === "greedy") return argmax;
  const random = createRandom(foldSeed(sampling.seed));
  return (logits) => sample(logits, sampling, random());
}

/** The lowest index of the largest value. */
function argmax(logits: Float32Array): number {
  let best = 0;
  let bestValue = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < logits.length; i++) {
    const value = logits[i] ?? Number.NEGATIVE_INFINITY;
    if (value > bestValue) {
      bestValue = value;
      best = i;
    }
  }
  return best;
}

/**
 * Temperature, then top-k, then top-p over what top-k left (vLLM's order), then the inverse of the cumulative
 * distribution, in the order of the vocabulary, at `uniform`.
 *
 * @param uniform [0, 1)
 */
export function sample(
  logits: Float32Array,
  { temperature, topP, topK }: Pick<SampledChoice, "temperature" | "topP" | "topK">,
  uniform: number,
): number {
  const weights = softWeights(logits, temperature);
  if (topP < 1 || (topK > 0 && topK < logits.length)) strikeOut(weights, topP, topK);
  let remaining = uniform * sum(weights);
  for (let i = 0; i < weights.length; i++) {
    remaining -= weights[i] ?? 0;
    if (remaining < 0) return i;
  }
  // Rounding used the total up: the most likely token.
  return weights.indexOf(1);
}

/** exp((logit - max) / temperature): proportional to the probabilities, the largest being 1. */
function softWeights(logits: Float32Array, temperature: number): Float64Array {
  const max = logits[argmax(logits)] ?? 0;
  const weights = new Float64Array(logits.length);
  for (let i = 0; i < logits.length; i++) {
    weights[i] = Math.exp(((logits[i] ?? Number.NEGATIVE_INFINITY) - max) / temperature);
  }
  return weights;
}

/**
 * Zeroes all but the `topK` largest weights (0: keeps all), and of these all but the fewest whose share reaches `topP`.
 * Of equal weights the first in the vocabulary stay. Numbers are sorted, not tokens by a comparison of their weights: that
 * takes half the time.
 */
function strikeOut(weights: Float64Array, topP: number, topK: number): void {
  // Without top-k, tokens below (1 - p)/n of the total add up to less than 1 - p, so that none is in the nucleus.
  const total = sum(weights);
  const floor = topK > 0 ? 0 : ((1 - topP) * total) / weights.length;
  const rising = weights.filter((weight) => weight >= floor).sort();
  const count = topK > 0 ? Math.min(topK, rising.length) : rising.length;
  const mass = topK > 0 ? sum(rising.subarray(rising.length - count)) : total;
  let kept = 0;
  let reached = 0;
  while (kept < count && (kept === 0 || topP >= 1 || reached < topP * mass)) {
    kept++;
    reached += rising[rising.length - kept] ?? 0;
  }
  const smallest = rising[rising.length - kept] ?? 0;
  let equalOnes = 0;
  for (let n = kept; n > 0 && rising[rising.length - n] === smallest; n--) equalOnes++;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    if (weight > smallest || (weight === smallest && equalOnes-- > 0)) continue;
    weights[i] = 0;
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] ?? 0;
  return total;
}

/** 53-bit seeds onto the generator's 32 bits; small ones stay themselves. */
function foldSeed(seed: number): number {
  const high = Math.floor(Math.abs(seed) / 0x1_0000_0000);
  return (seed ^ high) >>> 0;
}
