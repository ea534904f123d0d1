import type { Random } from "./random.ts";

/** Exponential of mean 1, by inversion. */
export function exponential(random: Random): number {
  return -Math.log(1 - random());
}

/** Standard normal (Box and Muller 1958; the second of the pair is not kept, so each value costs two uniforms). */
export function standardNormal(random: Random): number {
  return Math.sqrt(2 * exponential(random)) * Math.cos(2 * Math.PI * random());
}

/**
 * Gamma of the given shape and scale 1 (Marsaglia and Tsang 2000; below shape 1 by their boost), so its mean is the shape.
 *
 * @param shape above 0
 */
export function gamma(shape: number, random: Random): number {
  if (shape < 1) return gamma(shape + 1, random) * (1 - random()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = standardNormal(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - random();
    if (Math.log(u) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}
