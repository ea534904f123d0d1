import { describe, expect, test } from "vitest";
import { createRandom } from "../../../../lib/core/random.ts";
import { blocksOf } from "../../../../merger/gate/blocks.ts";
import { testDifference, varianceOfDraws } from "../../../../merger/gate/estimate.ts";
import { holm } from "../../../../merger/gate/holm.ts";
import { estimateLogMean, estimateShare } from "../../../../merger/gate/mean-estimate.ts";
import { estimateLogQuantile } from "../../../../merger/gate/quantile-estimate.ts";
import { ninetyFivePoint, twoSidedP } from "../../../../merger/gate/student-t.ts";

describe("Student's t is SciPy's", () => {
  // 2 * scipy.stats.t.sf(abs(t), degrees)
  test.each([
    { t: 0, degrees: 5, p: 1 },
    { t: 1, degrees: 1, p: 0.5 },
    { t: -2.5, degrees: 3, p: 0.08770664700806556 },
    { t: 4.1, degrees: 8.2, p: 0.003261545962552174 },
    { t: 0.3, degrees: 2.5, p: 0.7873423714951973 },
    { t: 8, degrees: 1000, p: 3.4266614823914978e-15 },
    { t: 60, degrees: 2, p: 0.00027766209059467876 },
  ])("p of $t at $degrees degrees", ({ t, degrees, p }) => {
    expect(twoSidedP(t, degrees) / p).toBeCloseTo(1, 9);
  });

  // scipy.stats.t.ppf(0.975, degrees)
  test.each([
    [1, 12.706204736174694],
    [2, 4.302652729749462],
    [3.7, 2.8675207071911895],
    [1000, 1.9623390808264083],
  ])("95 %% point at %s degrees", (degrees, t) => {
    expect(ninetyFivePoint(degrees)).toBeCloseTo(t, 9);
  });
});

function meanVariance(values: readonly number[]) {
  return { variance: varianceOfDraws(values) / values.length, degrees: values.length - 1 };
}

test("two means are compared as Welch's test does it", () => {
  // scipy.stats.ttest_ind([1, 2, 3, 4], [2, 4, 4, 5, 7], equal_var=False)
  const { interval, p } = testDifference(
    { value: 2.5, within: meanVariance([1, 2, 3, 4]), ofRuns: [2.5] },
    { value: 4.4, within: meanVariance([2, 4, 4, 5, 7]), ofRuns: [4.4] },
  );
  expect(p).toBeCloseTo(0.1100666305237164, 9);
  expect(interval.low).toBeCloseTo(-4.357109240247471, 9);
  expect(interval.high).toBeCloseTo(0.5571092402474704, 9);
});

test("figures without any spread differ when they differ, and not when they don't", () => {
  const fixed = (value: number) => ({
    value,
    within: { variance: 0, degrees: 1 },
    ofRuns: [value],
  });
  expect(testDifference(fixed(1), fixed(1)).p).toBe(1);
  expect(testDifference(fixed(1), fixed(2)).p).toBe(0);
});

test("Holm's correction of [0.01, 0.04, 0.03, 0.005] is [0.03, 0.06, 0.06, 0.02], by hand", () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  expect(adjusted.map((p) => Number(p.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02]);
  expect(holm([0.6, 0.7])).toEqual([1, 1]);
  expect(holm([])).toEqual([]);
});

describe("what runs differ by beyond their requests' spread is added", () => {
  const side = (value: number, ofRuns: readonly number[], variance: number) => ({
    value,
    within: { variance, degrees: 1e6 },
    ofRuns,
  });
  /** The half-width of the interval, in standard errors of many degrees of freedom, squared. */
  const varianceOf = (a: Parameters<typeof side>, b: Parameters<typeof side>) => {
    const { interval } = testDifference(side(...a), side(...b));
    return ((interval.high - interval.value) / 1.96) ** 2;
  };

  test("nothing where the requests explain it all", () => {
    // Runs at ±0.1: variance 0.02 of a run, where 0.02 each is within.
    expect(varianceOf([2, [1.9, 2.1], 0.01], [2, [1.9, 2.1], 0.01])).toBeCloseTo(0.02, 4);
  });

  test("by hand: runs at 1 and 3 against 2 and 2, with 0.1 within", () => {
    // Squares 2 + 0 over 2 degrees: 1 of a run, 0.2 of it within: 0.8 between, so 0.1 + 0.1 + 2 * 0.8 / 2 = 1.
    // Degrees: 1 / (0.8² / 2) = 3.125; scipy.stats.t.ppf(0.975, 3.125) = 3.1116.
    const { interval } = testDifference(side(2, [1, 3], 0.1), side(2, [2, 2], 0.1));
    expect(interval.high - interval.value).toBeCloseTo(3.1116, 3);
  });

  test("a single run is one of the kind that the other side's runs are", () => {
    const alone = varianceOf([2, [2], 0.001], [2, [2], 0.001]);
    const among = varianceOf([2, [2], 0.001], [2, [1.5, 2, 2.5], 0.001]);
    expect(alone).toBeCloseTo(0.002, 4);
    expect(among).toBeGreaterThan(0.3);
  });
});

describe("blocks of successive requests", () => {
  test.each([
    { n: 10_000, inFlight: 1, blocks: 100, why: "as long as the root of n" },
    { n: 10_000, inFlight: 200, blocks: 50, why: "as long as what is in flight" },
    { n: 100, inFlight: 50, blocks: 20, why: "but 20 are left" },
    { n: 7, inFlight: 3, blocks: 7, why: "or a block a request" },
    { n: 0, inFlight: 1, blocks: 0, why: "none of nothing" },
  ])("$n of $inFlight in flight: $blocks ($why)", ({ n, inFlight, blocks }) => {
    const cut = blocksOf(n, inFlight);
    expect(cut).toHaveLength(blocks);
    expect(cut.reduce((sum, [from, to]) => sum + to - from, 0)).toBe(n);
  });
});

/** Log-normal latencies around 100 ms, whole runs of which may be slower or faster. */
function latencies(seed: number, runs: number, each: number, spread = 0.5, runSpread = 0) {
  const random = createRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return Array.from({ length: runs }, () => {
    const shift = runSpread * normal();
    return Array.from({ length: each }, () => 100 * Math.exp(shift + spread * normal()));
  });
}

describe("the standard error of a quantile", () => {
  // sqrt(q (1 - q) / n) over the density at the quantile; of ln X ~ N(ln 100, 0.5): 0.7979 at the median, 0.2063 at p95.
  test.each([
    { q: 0.5, error: Math.sqrt(0.25 / 4000) / 0.7979 },
    { q: 0.95, error: Math.sqrt(0.0475 / 4000) / 0.2063 },
  ])("at $q is the textbook's for independent requests", ({ q, error }) => {
    const estimate = estimateLogQuantile(latencies(3, 1, 4000), q, 1);
    expect(Math.sqrt(estimate?.within.variance ?? 0) / error).toBeGreaterThan(0.75);
    expect(Math.sqrt(estimate?.within.variance ?? 0) / error).toBeLessThan(1.35);
  });

  test("is greater where neighbours are alike", () => {
    const [alone = []] = latencies(4, 1, 400);
    // Each value ten times in a row: ten times fewer independent ones.
    const alike = [alone.flatMap((x) => new Array<number>(10).fill(x))];
    const [a, b] = [estimateLogQuantile([alone], 0.5, 1), estimateLogQuantile(alike, 0.5, 10)];
    expect(Math.sqrt((b?.within.variance ?? 0) / (a?.within.variance ?? 1))).toBeCloseTo(1, 0);
  });

  test("can't be had of latencies that are not positive, or of none", () => {
    expect(estimateLogQuantile([[0, 1, 2]], 0.5, 1)).toBeUndefined();
    expect(estimateLogQuantile([], 0.5, 1)).toBeUndefined();
  });
});

describe("false alarms are as rare as they should be", () => {
  const PAIRS = 120;
  test.each([
    { name: "one run a side", runs: 1, each: 300, runSpread: 0 },
    { name: "two runs a side that differ by 5 %", runs: 2, each: 150, runSpread: 0.05 },
    { name: "three runs a side that differ by 5 %", runs: 3, each: 100, runSpread: 0.05 },
  ])("$name", ({ runs, each, runSpread }) => {
    const pValues = Array.from({ length: PAIRS }, (_, pair) => {
      const side = (seed: number) =>
        estimateLogQuantile(latencies(seed, runs, each, 0.5, runSpread), 0.5, 1);
      const [a, b] = [side(1000 + 2 * pair), side(1001 + 2 * pair)];
      if (a === undefined || b === undefined) throw new Error("no estimate");
      return testDifference(a, b).p;
    });
    // 6 are expected, and a few more where little is known of the runs (docs/gate.md); a plain t-test of all requests has 30.
    expect(pValues.filter((p) => p < 0.05).length).toBeLessThanOrEqual(18);
    expect(pValues.filter((p) => p < 0.001).length).toBeLessThanOrEqual(2);
  });
});

test("a share of all good is not certain, and one of few runs that differ is less so", () => {
  const all = estimateShare([new Array<number>(100).fill(1)], 1);
  expect(all?.value).toBe(1);
  // Wilson's interval of 100 of 100 is 0.963 to 1: 0.0367 / 3.92.
  expect(Math.sqrt(all?.within.variance ?? 0)).toBeCloseTo(0.0094, 3);
  const runs = [new Array<number>(100).fill(1), new Array<number>(100).fill(0)];
  const differing = estimateShare(runs, 1);
  expect(differing?.value).toBe(0.5);
  expect(differing?.ofRuns).toEqual([1, 0]);
  expect(estimateShare([], 1)).toBeUndefined();
});

test("a rate's logarithm has the relative standard error of its mean", () => {
  const random = createRandom(9);
  const rates = Array.from({ length: 400 }, () => 50 + 20 * random());
  const estimate = estimateLogMean([rates]);
  expect(Math.exp(estimate?.value ?? 0)).toBeCloseTo(rates.reduce((sum, x) => sum + x) / 400, 9);
  // A uniform of width 20 has standard deviation 5.77: 5.77 / sqrt(400) / 60.
  expect(Math.sqrt(estimate?.within.variance ?? 0) / 0.00481).toBeCloseTo(1, 0);
  expect(estimateLogMean([[0, 0]])).toBeUndefined();
});
