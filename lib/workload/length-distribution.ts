import { type Random, randomInt } from "../core/random.ts";
import { standardNormal } from "../core/random-variates.ts";

/** How long prompts or answers are. All lengths are whole numbers of 1 or more, tokens or words as the user of it says. */
export type LengthDistribution =
  | { readonly kind: "fixed"; readonly length: number }
  /** Every whole number from `min` to `max` is as likely. */
  | { readonly kind: "uniform"; readonly min: number; readonly max: number }
  /** Normal of that mean and standard deviation, cut off below `min` and above `max`, so its own mean may differ. */
  | (Bounds & { readonly kind: "normal"; readonly mean: number; readonly sd: number })
  /** The logarithm is normal, about ln(median) with deviation `sigma`; cut off as the normal one. */
  | (Bounds & { readonly kind: "lognormal"; readonly median: number; readonly sigma: number })
  /** One of some lengths, each as likely as its weight. */
  | { readonly kind: "empirical"; readonly values: readonly WeightedLength[] };

/** What lies outside is drawn again rather than moved to the bound, so that no length is piled up there. */
interface Bounds {
  readonly min: number;
  readonly max: number;
}

interface WeightedLength {
  readonly length: number;
  readonly weight: number;
}

/**
 * One length. A continuous law is rounded to the nearest whole number, its bounds half a number further out, so that `min`
 * and `max` are as likely as their neighbours make them.
 */
export function sampleLength(distribution: LengthDistribution, random: Random): number {
  switch (distribution.kind) {
    case "fixed":
      return distribution.length;
    case "uniform":
      return distribution.min + randomInt(random, distribution.max - distribution.min + 1);
    case "normal": {
      const { mean, sd } = distribution;
      return withinBounds(distribution, () => mean + sd * standardNormal(random));
    }
    case "lognormal": {
      const { median, sigma } = distribution;
      return withinBounds(distribution, () => median * Math.exp(sigma * standardNormal(random)));
    }
    case "empirical":
      return weighted(distribution.values, random);
    default:
      return distribution satisfies never;
  }
}

/** The mean length, for plans: of the continuous laws before rounding, which moves it by far less than one. */
export function meanLength(distribution: LengthDistribution): number {
  switch (distribution.kind) {
    case "fixed":
      return distribution.length;
    case "uniform":
      return (distribution.min + distribution.max) / 2;
    case "normal": {
      const { mean, sd } = distribution;
      const [from, to] = standardBounds(distribution);
      return mean + (sd * (density(from) - density(to))) / mass(from, to);
    }
    case "lognormal": {
      const { median, sigma } = distribution;
      const [from, to] = standardBounds(distribution);
      return (median * Math.exp(sigma ** 2 / 2) * mass(from - sigma, to - sigma)) / mass(from, to);
    }
    case "empirical": {
      const { values } = distribution;
      return values.reduce((sum, { length, weight }) => sum + length * weight, 0) / total(values);
    }
    default:
      return distribution satisfies never;
  }
}

/** The share of a normal or lognormal law that lies within its bounds; 1 for the others. */
export function shareWithinBounds(distribution: LengthDistribution): number {
  if (distribution.kind !== "normal" && distribution.kind !== "lognormal") return 1;
  const [from, to] = standardBounds(distribution);
  return mass(from, to);
}

function withinBounds({ min, max }: Bounds, draw: () => number): number {
  for (;;) {
    const length = Math.round(draw());
    if (length >= min && length <= max) return length;
  }
}

function weighted(values: readonly WeightedLength[], random: Random): number {
  let left = random() * total(values);
  for (const { length, weight } of values) {
    left -= weight;
    if (left < 0) return length;
  }
  return values.at(-1)?.length ?? 1;
}

function total(values: readonly WeightedLength[]): number {
  return values.reduce((sum, { weight }) => sum + weight, 0);
}

/** The bounds as deviations of the normal underneath. */
function standardBounds(
  law: Extract<LengthDistribution, { kind: "normal" | "lognormal" }>,
): readonly [number, number] {
  const standard = (length: number): number =>
    law.kind === "normal"
      ? (length - law.mean) / law.sd
      : Math.log(length / law.median) / law.sigma;
  return [standard(law.min - 0.5), standard(law.max + 0.5)];
}

function density(x: number): number {
  return Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI);
}

function mass(from: number, to: number): number {
  return normalCdf(to) - normalCdf(from);
}

/** Abramowitz and Stegun 26.2.17: off by 7.5e-8 at most. */
function normalCdf(x: number): number {
  if (x < 0) return 1 - normalCdf(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const tail =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - density(x) * tail;
}
