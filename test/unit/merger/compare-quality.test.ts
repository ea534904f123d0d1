import { expect, test } from "vitest";
import { chooseBase } from "../../../merger/choose-base.ts";
import { compareQuality } from "../../../merger/compare-quality.ts";
import { joinVariants } from "../../../merger/join-variants.ts";
import type { QualityFile } from "../../../records/quality.ts";
import { loadedRun } from "../../support/loaded-run.ts";
import { qualityFile } from "../../support/quality-file.ts";
import { runFile } from "../../support/run-file.ts";

const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
const count = 64 * 40;
const base = qualityFile(
  Array.from({ length: count }, (_, i) => 3 + (i % 7)),
  { variant: "base" },
);
const worse = qualityFile(
  Array.from({ length: count }, (_, i) => 3 + (i % 7) + 0.01 + (i % 2 === 0 ? 0.02 : -0.02)),
  { variant: "worse" },
);

test("pairs tokens, so a loss far below the spread of the text is clear", () => {
  const compared = compareQuality(worse, base);
  expect(compared.deltaLogPerplexity?.value).toBeCloseTo(0.01, 6);
  expect(compared).toMatchObject({ separable: true, notComparable: null });
});

test("the base is not compared with itself", () => {
  expect(compareQuality(base, base)).toMatchObject({ deltaLogPerplexity: null, separable: false });
});

test.each<[string, Partial<QualityFile>]>([
  ["another text", { text: { ...base.text, digest: digest("1") } }],
  ["another tokenizer", { tokenizerDigest: digest("1") }],
  ["another window", { windowTokens: 512 }],
  ["another stride", { strideTokens: 1 }],
  ["another BOS handling", { bos: true }],
])("is not comparable over %s", (reason, change) => {
  const compared = compareQuality({ ...worse, ...change }, base);
  expect(compared).toMatchObject({ deltaLogPerplexity: null, notComparable: reason });
  expect(compared.perplexity).toBe(worse.perplexity);
});

test("too few tokens give no interval, and no verdict", () => {
  const few = (variant: string) => qualityFile([1, 2, 3], { variant });
  expect(compareQuality(few("a"), few("b"))).toMatchObject({
    deltaLogPerplexity: null,
    notComparable: "too few tokens for an interval",
    separable: false,
  });
});

test("the base is the largest file; of equals the most precise", () => {
  const of = (variant: string, modelBytes: number, precision: string) =>
    qualityFile([1], { variant, modelBytes, labels: { precision } });
  const files = [
    of("mini-fp32", 8, "fp32"),
    of("base-bf16", 15, "bf16"),
    of("base-fp16", 15, "fp16"),
  ];
  expect(chooseBase(files, undefined)?.variant).toBe("base-bf16");
  expect(chooseBase(files, "mini-fp32")?.variant).toBe("mini-fp32");
  expect(chooseBase([], undefined)).toBeUndefined();
});

test("joins by the digest of the model's files, whatever the names say", () => {
  const run = loadedRun([], { variant: "served", file: runFile({ artifact: base.artifact }) });
  const [joined] = joinVariants([run], [base]);
  expect(joined).toMatchObject({ name: "served", quality: { variant: "base" }, warnings: [] });
});

test("joins by name where the server told no digest", () => {
  const run = loadedRun([], { variant: "base" });
  expect(joinVariants([run], [base])[0]?.quality).toBe(base);
});

test("leaves out, and names, the quality of another model than the one that was loaded", () => {
  const run = loadedRun([], { variant: "base", file: runFile({ artifact: digest("9") }) });
  const [joined] = joinVariants([run], [base]);
  expect(joined?.quality).toBeUndefined();
  expect(joined?.warnings[0]).toMatch(/base: the model that was loaded is not the one/);
});

test("a variant whose quality alone was measured is one too", () => {
  expect(joinVariants([], [worse, base]).map((variant) => variant.name)).toEqual(["base", "worse"]);
});
