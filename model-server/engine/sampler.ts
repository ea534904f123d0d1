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
export function argmax(logits: Float32Array): number {
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
 * distribution at `uniform`.
 *
 * @param uniform [0, 1)
 */
export function sample(
  logits: Float32Array,
  { temperature, topP, topK }: Pick<SampledChoice, "temperature" | "topP" | "topK">,
  uniform: number,
): number {
  const weights = softWeights(logits, temperature);
  if (topP >= 1 && (topK === 0 || topK >= logits.length)) return drawInOrder(weights, uniform);
  const kept = nucleus(weights, topP, topK);
  let total = 0;
  for (const index of kept) total += weights[index] ?? 0;
  let remaining = uniform * total;
  for (const index of kept) {
    remaining -= weights[index] ?? 0;
    if (remaining < 0) return index;
  }
  return kept[0] ?? argmax(logits);
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

function drawInOrder(weights: Float64Array, uniform: number): number {
  let remaining = uniform * sum(weights);
  for (let i = 0; i < weights.length; i++) {
    remaining -= weights[i] ?? 0;
    if (remaining < 0) return i;
  }
  // Rounding used the total up: the most likely token.
  return weights.indexOf(1);
}

/** Indices by falling weight: the `topK` largest (0: all), of them the fewest whose share reaches `topP`. */
function nucleus(weights: Float64Array, topP: number, topK: number): readonly number[] {
  const total = sum(weights);
  // With top-p alone, tokens below (1 - p)/n of the total add up to less than 1 - p: all of them lie outside the
  // nucleus, and sorting the few others costs a hundredth of sorting a vocabulary.
  const floor = topK === 0 ? ((1 - topP) * total) / weights.length : 0;
  const candidates: number[] = [];
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    if (weight > 0 && weight >= floor) candidates.push(i);
  }
  candidates.sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
  const largest = topK === 0 ? candidates : candidates.slice(0, topK);
  if (topP >= 1) return largest;
  const mass =
    topK === 0 ? total : largest.reduce((carry, index) => carry + (weights[index] ?? 0), 0);
  let reached = 0;
  for (let n = 0; n < largest.length; n++) {
    reached += weights[largest[n] ?? 0] ?? 0;
    if (reached >= topP * mass) return largest.slice(0, n + 1);
  }
  return largest;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** 53-bit seeds onto the generator's 32 bits; small ones stay themselves. */
function foldSeed(seed: number): number {
  const high = Math.floor(Math.abs(seed) / 0x1_0000_0000);
  return (seed ^ high) >>> 0;
}
