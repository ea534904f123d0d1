import { createRandom, type Random } from "../core/random.ts";

/** Spreads neighbouring numbers over the seeds: mulberry32 started at neighbours begins alike. */
const SPREAD = 0x9e3779b1;

/**
 * The random numbers of the i-th request, from the seed and its number alone, so that every user and every load generator
 * draws the same for it, in whatever order they come to it.
 *
 * @param purpose what is drawn, a constant that keeps draws of one request independent of each other
 */
export function indexedRandom(seed: number, index: number, purpose: number): Random {
  return createRandom(seed ^ purpose ^ Math.imul(index + 1, SPREAD));
}
