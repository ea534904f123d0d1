import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseTolerances } from "../../../../merger/gate/tolerances.ts";
import type { GateReport } from "../../../../records/gate.ts";
import { gateOf } from "../../../support/gated-run.ts";
import {
  FAMILY,
  type SyntheticSuite,
  writeSyntheticSuite,
} from "../../../support/synthetic-results.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SUITE: SyntheticSuite = {
  ...FAMILY,
  variants: FAMILY.variants.slice(1, 3),
  levels: [4, 16],
  levelMs: 8_000,
};

/** The suite measured once more: other luck, the same truth but for what is changed. */
function again(change: Partial<SyntheticSuite> = {}): SyntheticSuite {
  return { ...SUITE, seed: 5000, runPrefix: "again", ...change };
}

function write(side: "now" | "before", suite: SyntheticSuite): string {
  const directory = join(folder, side);
  writeSyntheticSuite(directory, suite);
  return directory;
}

function found(report: GateReport, verdict: string): string[] {
  return (report.regression?.comparisons ?? [])
    .filter((comparison) => comparison.verdict === verdict)
    .map(({ variant, cell, metric }) => `${variant}@${cell?.level ?? "quality"} ${metric}`)
    .sort();
}

test("the same truth measured again is no regression, and no improvement either", async () => {
  const before = write("before", SUITE);
  write("now", again());
  const report = await gateOf(folder, { baseline: [before] });
  expect(report.verdict).toBe("pass");
  expect(report.regression?.comparisons).toHaveLength(2 * 2 * 8 + 2);
  expect(found(report, "regression")).toEqual([]);
  expect(found(report, "improvement")).toEqual([]);
  expect(report.regression?.unpaired).toEqual([]);
});

test("a TTFT that is 10 % slower in one variant is found there alone", async () => {
  const before = write("before", SUITE);
  const [int8, int4] = SUITE.variants;
  if (int8 === undefined || int4 === undefined) throw new Error("no variants");
  write("now", again({ variants: [int8, { ...int4, ttftFactor: 1.1 }] }));
  const report = await gateOf(folder, { baseline: [before] });
  expect(report.verdict).toBe("breach");
  const regressions = found(report, "regression");
  expect(regressions).toContain("base-int4@16 TTFT p95");
  expect(regressions.filter((name) => !/^base-int4@.* TTFT/.test(name))).toEqual([]);
  const p95 = report.regression?.comparisons.find(
    ({ variant, cell, metric }) =>
      variant === "base-int4" && cell?.level === 16 && metric === "TTFT p95",
  );
  expect(p95?.change?.low).toBeGreaterThan(0.05);
  expect(p95?.change?.high).toBeLessThan(0.15);
  expect(report.reason).toMatch(/TTFT p95 of base-int4 at 16 users.*regression: \+\d/);
});

test("a wider tolerance lets it through, and says so", async () => {
  const before = write("before", SUITE);
  write("now", again({ variants: SUITE.variants.map((v) => ({ ...v, ttftFactor: 1.1 })) }));
  const tolerances = parseTolerances(["ttft=25%"]);
  const report = await gateOf(folder, { baseline: [before], tolerances });
  expect(report.verdict).toBe("pass");
  expect(found(report, "within tolerance")).toContain("base-int4@16 TTFT p95");
});

test("a faster server is an improvement, named in the verdict's reason", async () => {
  const before = write("before", SUITE);
  write("now", again({ variants: SUITE.variants.map((v) => ({ ...v, stepMs: v.stepMs * 0.8 })) }));
  const report = await gateOf(folder, { baseline: [before] });
  expect(report.verdict).toBe("pass");
  expect(found(report, "improvement")).toContain("base-int8@4 output speed");
  expect(report.reason).toContain("better: ");
});

test("a model that lost quality is found from its paired tokens", async () => {
  const before = write("before", SUITE);
  const worse = SUITE.variants.map((v) => ({ ...v, lossNats: v.lossNats + 0.02 }));
  write("now", again({ seed: SUITE.seed, variants: worse }));
  const strict = await gateOf(folder, {
    baseline: [before],
    tolerances: parseTolerances(["perplexity=1%"]),
  });
  expect(found(strict, "regression")).toEqual([
    "base-int4@quality perplexity",
    "base-int8@quality perplexity",
  ]);
  const loose = await gateOf(folder, { baseline: [before] });
  expect(found(loose, "within tolerance")).toContain("base-int4@quality perplexity");
});

test("what has no partner is listed, on both sides", async () => {
  const [int8, int4] = SUITE.variants;
  if (int8 === undefined || int4 === undefined) throw new Error("no variants");
  const before = write("before", { ...SUITE, variants: [int8], levels: [4] });
  write("now", again({ variants: [int8, { ...int4, name: "new" }], levels: [4, 16] }));
  const report = await gateOf(folder, { baseline: [before] });
  expect(report.verdict).toBe("pass");
  expect(report.regression?.unpaired.map(({ side, what }) => `${side}: ${what}`)).toEqual([
    "results: base-int8 at 16 users (chat-sweep)",
    "results: new at 4 users (chat-sweep)",
    "results: new at 16 users (chat-sweep)",
    "results: perplexity of new",
  ]);
});

test("nothing in common is refused, with what each side holds", async () => {
  const before = write("before", { ...SUITE, levels: [4] });
  write("now", again({ variants: SUITE.variants.map((v) => ({ ...v, name: `${v.name}-2` })) }));
  await expect(gateOf(folder, { baseline: [before] })).rejects.toThrow(
    /nothing to compare: the results hold base-int4-2 at 4 users.*the baseline holds base-int4 at 4/,
  );
});

test("an empty baseline is refused", async () => {
  write("now", again());
  mkdirSync(join(folder, "before"));
  await expect(gateOf(folder, { baseline: [join(folder, "before")] })).rejects.toThrow(
    /--baseline: .*nothing .*before/,
  );
});

test("too few samples are no pass, unless the metric is left out", async () => {
  const short = { ...SUITE, levelMs: 700, levels: [4] };
  const before = write("before", short);
  write("now", again({ levelMs: 700, levels: [4] }));
  const report = await gateOf(folder, { baseline: [before] });
  expect(report.verdict).toBe("invalid measurement");
  expect(report.notes.join()).toContain("measure for longer");
  const off = ["ttft", "itl", "e2e", "tokens"].map((metric) => `${metric}=off`);
  const less = await gateOf(folder, { baseline: [before], tolerances: parseTolerances(off) });
  expect(less.verdict).toBe("pass");
});

test("says what else was different", async () => {
  const before = write("before", SUITE);
  write("now", again({ outputTokens: 48, repeats: 1 }));
  const { notes } = await gateOf(folder, { baseline: [before] });
  expect(notes).toContain("the baseline had MAX_TOKENS 32, the results 48");
  expect(notes.join()).toContain("three runs a side are better");
});
