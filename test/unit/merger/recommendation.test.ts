import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { reportSchema, type TradeoffReport } from "../../../records/report.ts";
import { mergeFolder } from "../../support/merged-folder.ts";
import {
  FAMILY,
  type SyntheticSuite,
  writeSyntheticSuite,
} from "../../support/synthetic-results.ts";

// Each of them makes whole reports.
vi.setConfig({ testTimeout: 30_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "suite-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function report(
  change: Partial<SyntheticSuite>,
  options: { readonly base?: string; readonly tolerance?: number } = {},
  { write = true } = {},
): Promise<TradeoffReport> {
  if (write) writeSyntheticSuite(folder, { ...FAMILY, ...change });
  return mergeFolder(folder, { base: options.base, qualityTolerance: options.tolerance ?? 0.05 });
}

const named = (...names: string[]) => FAMILY.variants.filter(({ name }) => names.includes(name));

describe("finds the truth that was planted", () => {
  test("the fastest variant of acceptable quality, at the highest load that it holds", async () => {
    const { answer, figures, level, base } = await report({});
    expect(base).toBe("base-fp16");
    expect(answer).toMatchObject({ verdict: "recommended", variant: "base-int4", level: 16 });
    expect(level).toBe(16);
    // Planted: 0.005 nats, so exp(0.005) - 1 = 0.5 %; and steps of 2.8 ms against 4 ms, so 43 % faster.
    expect(figures[0]?.value).toMatch(/^\+0\.5\d? %$/);
    const faster = Number(figures[1]?.value.match(/^\+(\d+)/)?.[1]);
    expect(faster).toBeGreaterThan(37);
    expect(faster).toBeLessThan(49);
  });

  test("what is the same in speed and quality is not separable, and the smallest is named", async () => {
    const { answer } = await report({ variants: named("base-fp16", "base-int8") });
    expect(answer).toMatchObject({
      verdict: "not separable",
      variant: "base-int8",
      ties: ["base-fp16"],
    });
    expect(answer.sentence).toContain("not separable");
  });

  test("what is as fast and clearly worse is out, though it is smaller", async () => {
    const [fp16] = named("base-fp16");
    if (fp16 === undefined) throw new Error("no base-fp16");
    const worse = { ...fp16, name: "worse", precision: "int4", modelBytes: 1, lossNats: 0.01 };
    const { answer } = await report({ variants: [fp16, worse] });
    expect(answer).toMatchObject({ verdict: "recommended", variant: "base-fp16", ties: [] });
    expect(answer.reason).toContain("not separable from worse");
  });

  test("a wider tolerance takes the small model, a narrower one the base", async () => {
    expect((await report({}, { tolerance: 0.5 })).answer.variant).toBe("mini-fp16");
    expect((await report({}, { tolerance: 0.001 })).answer.variant).not.toBe("base-int4");
  });

  test("a limit that no variant keeps under load lowers the load", async () => {
    const { answer, cells } = await report({ ttftLimitMs: 30 });
    expect(answer.level).toBeLessThan(16);
    const at16 = cells.find((cell) => cell.variant === "base-int4" && cell.level === 16);
    expect(at16).toMatchObject({ holds: false, whyNot: expect.stringMatching(/kept the SLO/) });
  });

  test("a limit that nothing keeps is said, with what comes closest", async () => {
    const { answer } = await report({ ttftLimitMs: 1 });
    expect(answer).toMatchObject({ verdict: "nothing holds", variant: null, level: null });
    expect(answer.sentence).toMatch(
      /^Nothing holds the service level with the quality asked for\. .* comes closest: .* must\.$/,
    );
  });

  test("of those that keep the SLO alike, one of acceptable quality comes closest, and what it lacks is said", async () => {
    const [fp16] = named("base-fp16");
    const [mini] = named("mini-fp16");
    if (fp16 === undefined || mini === undefined) throw new Error("no such variants");
    // A base so slow that too few of its requests end.
    const { answer } = await report({
      variants: [{ ...fp16, stepMs: 1000 }, mini],
      levels: [1, 4],
      ttftLimitMs: 1e6,
    });
    expect(answer.sentence).toMatch(
      /base-fp16 at \d+ users? comes closest: only \d requests? completed\.$/,
    );
  });
});

test("what is written is what the schema says, and the same inputs give the same report", async () => {
  const first = await report({});
  expect(reportSchema.parse(JSON.parse(JSON.stringify(first)))).toEqual(first);
  expect(await report({})).toEqual(first);
});

test("a price gives the cost at the measured load", async () => {
  const machine = { labels: { precision: "int4" }, perHour: 3.6, count: 2 };
  writeFileSync(
    join(folder, "prices.json"),
    JSON.stringify({ currency: "USD", machines: [machine] }),
  );
  const { cells, figures } = await report({});
  const cell = cells.find((c) => c.variant === "base-int4" && c.level === 16);
  const rate = cell?.outputTokensPerSecond?.value ?? Number.NaN;
  // 2 x 3.6 an hour is 0.002 a second; a million tokens take 1e6 / rate seconds.
  expect(cell?.costPerMillionTokens).toBeCloseTo((0.002 * 1e6) / rate, 9);
  expect(figures[2]?.value).toMatch(/USD$/);
  expect(cells.find((c) => c.variant === "base-fp16")?.costPerMillionTokens).toBeNull();
});

test("a base that has no quality is an error that names those that have", async () => {
  await expect(report({}, { base: "base-fp8" })).rejects.toThrow(/base-fp8.*base-fp16/);
});

test("an answer from runs that were killed says so itself", async () => {
  writeSyntheticSuite(folder, FAMILY);
  const cut = join(folder, "runs", "run-base-int4-1", "requests.ndjson.gz");
  writeFileSync(cut, readFileSync(cut).subarray(0, -100));
  const { answer, health } = await report({}, {}, { write: false });
  expect(health.verdict).toBe("incomplete");
  expect(answer.sentence).toMatch(/^Provisional, from incomplete runs: /);
});
