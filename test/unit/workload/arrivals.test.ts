import { describe, expect, test } from "vitest";
import { createRandom } from "../../../lib/core/random.ts";
import {
  type ArrivalProcess,
  arrivalTimes,
  constantRate,
  gammaBursts,
  poisson,
} from "../../../lib/workload/arrivals.ts";

/** Distance of Kolmogorov and Smirnov between a sample and a law, times the root of the sample's size. */
function distance(sample: readonly number[], cdf: (x: number) => number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  const n = sorted.length;
  const farthest = sorted.reduce(
    (max, x, i) => Math.max(max, Math.abs(cdf(x) - i / n), Math.abs(cdf(x) - (i + 1) / n)),
    0,
  );
  return farthest * Math.sqrt(n);
}

/** The law's own samples are farther in 1 of 1,000 cases (asymptotic distribution of Kolmogorov). */
const CRITICAL = 1.95;

/** Abramowitz and Stegun 7.1.26, off by 1.5e-7 at most. */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * x);
  const poly =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 1 - poly * Math.exp(-x * x);
}

const RATE = 50;
function gapsOf(process: ArrivalProcess, seed: number): number[] {
  const times = arrivalTimes(
    process,
    [{ requestsPerSecond: RATE, durationMs: 200_000 }],
    createRandom(seed),
  );
  return times.map((ms, i) => ms - (times[i - 1] ?? 0));
}

// Gaps in units of their mean, against the distribution functions as textbooks have them.
describe.each([1, 2, 3])("seed %d: gaps follow", (seed) => {
  test.each<[string, ArrivalProcess, (x: number) => number]>([
    ["the exponential law", poisson, (x) => 1 - Math.exp(-x)],
    ["the gamma law of shape 1/2", gammaBursts(0.5), (x) => erf(Math.sqrt(x / 2))],
    ["the gamma law of shape 2", gammaBursts(2), (x) => 1 - (1 + 2 * x) * Math.exp(-2 * x)],
  ])("%s", (_, process, cdf) => {
    const gaps = gapsOf(process, seed).map((ms) => (ms * RATE) / 1000);
    expect(gaps.length).toBeGreaterThan(9_000);
    expect(distance(gaps, cdf)).toBeLessThan(CRITICAL);
  });
});

test("the test tells laws apart", () => {
  const gaps = gapsOf(gammaBursts(0.8), 1).map((ms) => (ms * RATE) / 1000);
  expect(distance(gaps, (x) => 1 - Math.exp(-x))).toBeGreaterThan(CRITICAL);
});

test("a constant rate is evenly spaced from the start on, through changes of rate", () => {
  const steps = [
    { requestsPerSecond: 2, durationMs: 2_000 },
    { requestsPerSecond: 10, durationMs: 500 },
    { requestsPerSecond: 2, durationMs: 1_000 },
  ];
  expect(arrivalTimes(constantRate, steps, createRandom(1))).toEqual([
    0, 500, 1000, 1500, 2000, 2100, 2200, 2300, 2400, 2500, 3000,
  ]);
});

test("as many come as the rate says, in each step", () => {
  const steps = [
    { requestsPerSecond: 10, durationMs: 100_000 },
    { requestsPerSecond: 100, durationMs: 100_000 },
  ];
  const times = arrivalTimes(poisson, steps, createRandom(5));
  const [slow, fast] = [times.filter((ms) => ms < 100_000), times.filter((ms) => ms >= 100_000)];
  // Within four standard deviations of Poisson's law.
  expect(Math.abs(slow.length - 1_000)).toBeLessThan(4 * Math.sqrt(1_000));
  expect(Math.abs(fast.length - 10_000)).toBeLessThan(4 * Math.sqrt(10_000));
});

test("a seed gives one schedule, another seed another", () => {
  expect(gapsOf(poisson, 9)).toEqual(gapsOf(poisson, 9));
  expect(gapsOf(poisson, 9)).not.toEqual(gapsOf(poisson, 10));
});

test.each([0, -1, Number.NaN])("burstiness %d is refused", (burstiness) => {
  expect(() => gammaBursts(burstiness)).toThrow(/burstiness/);
});

test("a burstiness so small that a burst has no end is refused", () => {
  const step = { requestsPerSecond: 1, durationMs: 1_000_000 };
  expect(() => arrivalTimes(gammaBursts(1e-12), [step], createRandom(1))).toThrow(
    /over 5000000 requests/,
  );
  // It draws all of them before it gives up: seconds, on a busy machine.
}, 60_000);
