import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createRandom } from "../../../lib/core/random.ts";
import {
  type LengthDistribution,
  meanLength,
  sampleLength,
  shareWithinBounds,
} from "../../../lib/workload/length-distribution.ts";
import { declaredLength, lengthDistribution } from "../../../lib/workload/length-text.ts";

const { kolmogorov999, cases } = z
  .object({
    kolmogorov999: z.number(),
    cases: z.array(
      z.object({
        text: z.string(),
        mean: z.number(),
        sd: z.number(),
        share: z.number(),
        cdf: z.array(z.tuple([z.number(), z.number()])),
      }),
    ),
  })
  .parse(
    JSON.parse(
      readFileSync(new URL("../../fixtures/lengths/reference.json", import.meta.url), "utf8"),
    ),
  );
const DRAWS = 40_000;

function draws(distribution: LengthDistribution, seed: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: DRAWS }, () => sampleLength(distribution, random));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe.each(cases)("$text, as SciPy has it", ({ text, mean, sd, share, cdf }) => {
  const distribution = declaredLength(text);

  test("has its mean, and the share of the law within its bounds", () => {
    // The mean is that before rounding: less than a tenth of one off here.
    expect(Math.abs(meanLength(distribution) - mean)).toBeLessThan(0.1);
    expect(shareWithinBounds(distribution)).toBeCloseTo(share, 6);
  });

  test("is sampled by its law (moments, Kolmogorov and Smirnov)", () => {
    const sample = draws(distribution, 7);
    expect(sample.every(Number.isSafeInteger)).toBe(true);
    expect(Math.abs(meanOf(sample) - mean)).toBeLessThan((4 * sd) / Math.sqrt(DRAWS));
    const spread = Math.sqrt(meanOf(sample.map((value) => (value - mean) ** 2)));
    expect(spread / sd).toBeCloseTo(1, 1);
    const misses = cdf.map(([k, p]) =>
      Math.abs(sample.filter((value) => value <= k).length / DRAWS - p),
    );
    expect(Math.max(...misses)).toBeLessThan(kolmogorov999 / Math.sqrt(DRAWS));
  });
});

describe("laws by hand", () => {
  test("a fixed length is always itself", () => {
    const fixed = declaredLength("512");
    expect(new Set(draws(fixed, 1))).toEqual(new Set([512]));
    expect(meanLength(fixed)).toBe(512);
  });

  test("uniform lengths are all as likely, both bounds too", () => {
    const distribution = declaredLength("uniform:3-6");
    const sample = draws(distribution, 2);
    for (const length of [3, 4, 5, 6]) {
      const share = sample.filter((value) => value === length).length / DRAWS;
      expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / DRAWS));
    }
    expect(Math.min(...sample)).toBe(3);
    expect(Math.max(...sample)).toBe(6);
    expect(meanLength(distribution)).toBe(4.5);
  });

  test("empirical lengths come by their weights", () => {
    const distribution = declaredLength("empirical:128=5,512=2,1024");
    const sample = draws(distribution, 3);
    const share = sample.filter((value) => value === 128).length / DRAWS;
    expect(Math.abs(share - 5 / 8)).toBeLessThan(4 * Math.sqrt((5 / 8) * (3 / 8) * (1 / DRAWS)));
    expect(new Set(sample)).toEqual(new Set([128, 512, 1024]));
    expect(meanLength(distribution)).toBe((5 * 128 + 2 * 512 + 1024) / 8);
  });

  test("the same seed draws the same lengths", () => {
    const distribution = declaredLength("lognormal:median=300,sigma=0.8");
    expect(draws(distribution, 5)).toEqual(draws(distribution, 5));
    expect(draws(distribution, 5)).not.toEqual(draws(distribution, 6));
  });
});

test.each([
  ["fixed:8", { kind: "fixed", length: 8 }],
  ["uniform:1-1", { kind: "uniform", min: 1, max: 1 }],
  [" normal:mean=5.5,sd=.5 ", { kind: "normal", mean: 5.5, sd: 0.5, min: 1, max: 10_000_000 }],
  [
    "lognormal:median=3,sigma=1,min=2,max=9",
    { kind: "lognormal", median: 3, sigma: 1, min: 2, max: 9 },
  ],
  ["empirical:4", { kind: "empirical", values: [{ length: 4, weight: 1 }] }],
])("%s is read", (text, distribution) => {
  expect(lengthDistribution.parse(text)).toEqual(distribution);
});

test.each([
  "",
  "0",
  "-5",
  "1.5",
  "1e3",
  "many",
  "fixed:",
  "uniform:5-4",
  "uniform:0-4",
  "uniform:5",
  "normal:mean=512",
  "normal:mean=512,sd=0",
  "normal:mean=512,sd=12,sd=13",
  "normal:mean=512,sd=12,width=3",
  "normal:mean=512,sd=1,max=100",
  "lognormal:median=3,mean=4,sigma=1",
  "lognormal:sigma=1",
  "lognormal:median=3,sigma=1,min=9,max=2",
  "empirical:128=0",
  "empirical:128=5,",
  "pareto:1",
  "99999999",
])("%j is refused", (text) => {
  expect(lengthDistribution.parse(text)).toBeUndefined();
  expect(() => declaredLength(text)).toThrow(/^lengths: found .*allowed: 512, uniform:64-1024/);
});
