import { expect, test } from "vitest";
import { clusteredMean, clusteredRelativeDifference } from "../../../lib/core/bootstrap.ts";
import { createRandom } from "../../../lib/core/random.ts";
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

test("equal variants whose two repeats vary are seldom taken for different, a large difference always is", () => {
  const random = createRandom(11);
  const gaussian = () => Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, -6);
  const repeats = (mean: number) =>
    [0, 1].map(() => {
      const luck = mean * (1 + 0.05 * gaussian());
      return Array.from({ length: 9 }, () => luck + mean * 0.1 * gaussian());
    });
  let [wrong, found] = [0, 0];
  for (let trial = 0; trial < 100; trial += 1) {
    const same = clusteredRelativeDifference(repeats(100), repeats(100));
    const faster = clusteredRelativeDifference(repeats(150), repeats(100));
    if (same !== undefined && (same.low > 0 || same.high < 0)) wrong += 1;
    if (faster !== undefined && faster.low > 0) found += 1;
  }
  expect(wrong).toBeLessThan(13);
  expect(found).toBeGreaterThan(95);
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
