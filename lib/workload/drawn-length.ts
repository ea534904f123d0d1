import type { Random } from "../core/random.ts";
import { type LengthDistribution, sampleLength } from "./length-distribution.ts";

/** Lengths drawn from a distribution, for a profile's output tokens. */
export function drawnFrom(distribution: LengthDistribution): (random: Random) => number {
  return (random) => sampleLength(distribution, random);
}
