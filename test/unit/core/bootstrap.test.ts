import { expect, test } from "vitest";
import { clusteredMean, clusteredRelativeDifference } from "../../../lib/core/bootstrap.ts";
import { referenceStatistics } from "../../support/reference-statistics.ts";

const { bootstrap } = referenceStatistics;

test("the interval of a mean is scipy.stats.bootstrap's, to the noise of the resampling", () => {
  const interval = clusteredMean([bootstrap.a]);
  const [low, high] = bootstrap.meanInterval;
  const slack = 0.05 * (high - low);
  expect(interval?.value).toBeCloseTo(bootstrap.mean, 10);
  expect(Math.abs((interval?.low ?? 0) - low)).toBeLessThan(slack);
  expect(Math.abs((interval?.high ?? 0) - high)).toBeLessThan(slack);
});

test("the interval of a relative difference is scipy.stats.bootstrap's, to the noise of the resampling", () => {
  const interval = clusteredRelativeDifference([bootstrap.a], [bootstrap.b]);
  const [low, high] = bootstrap.ratioInterval;
  const slack = 0.05 * (high - low);
  expect(interval?.value).toBeCloseTo(bootstrap.ratio, 10);
  expect(Math.abs((interval?.low ?? 0) - low)).toBeLessThan(slack);
  expect(Math.abs((interval?.high ?? 0) - high)).toBeLessThan(slack);
});

test("repeats that differ make the interval as wide as they lie apart, however many samples each has", () => {
  const calm = Array.from({ length: 500 }, (_, i) => 100 + (i % 2));
  const lucky = calm.map((value) => value + 20);
  const interval = clusteredMean([calm, lucky]);
  expect(interval?.low).toBeLessThan(101);
  expect(interval?.high).toBeGreaterThan(120);
});

test("the same samples give the same interval", () => {
  expect(clusteredMean([bootstrap.a, bootstrap.b])).toEqual(
    clusteredMean([bootstrap.a, bootstrap.b]),
  );
});

test("nothing measured has no interval, and nothing is a share of 0", () => {
  expect(clusteredMean([[], []])).toBeUndefined();
  expect(clusteredRelativeDifference([[1]], [[]])).toBeUndefined();
  expect(clusteredRelativeDifference([[1]], [[0, 0]])).toBeUndefined();
});
