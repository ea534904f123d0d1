import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Findings, wordFindings } from "../../../merger/word-findings.ts";
import type { TradeoffReport } from "../../../records/report.ts";
import { mergeFolder } from "../../support/merged-folder.ts";
import {
  FAMILY,
  type SyntheticSuite,
  writeSyntheticSuite,
} from "../../support/synthetic-results.ts";

// Each of them makes a whole report.
vi.setConfig({ testTimeout: 30_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "suite-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function findings(change: Partial<SyntheticSuite>): Promise<TradeoffReport["findings"]> {
  writeSyntheticSuite(folder, { ...FAMILY, ...change });
  return (await mergeFolder(folder, { qualityTolerance: 0.05 })).findings;
}

const named = (...names: string[]) => FAMILY.variants.filter(({ name }) => names.includes(name));

test("say what was planted", async () => {
  const found = await findings({});
  // Steps of 2.8 ms against 4 ms: 43 % more.
  expect(found.speed).toMatch(
    /^base-int4 gives (3[89]|4\d)(\.\d)? % more tok\/s than base-fp16 at 16 users$/,
  );
  // Losses of 0.005 and 0.3 nats: exp(0.005) - 1 = 0.5 %, exp(0.3) - 1 = 35 %.
  expect(found.quality).toMatch(
    /^Against base-fp16, base-int4 \(\+0\.5\d? %\) and mini-fp16 \(\+35\.0 %\) are clearly worse; base-int8 is not separable$/,
  );
  expect(found.serviceLevel).toBe("All 4 keep the service level at 16 users");
  expect(found.firstTokens).toMatch(
    /^Half of base-int4's first tokens come within \d+(\.\d+)? ms, 95 % within \d+(\.\d+)? ms$/,
  );
  expect(found.failures).toBeNull();
});

test("a great gain is told as a factor", async () => {
  const [fp16] = named("base-fp16");
  if (fp16 === undefined) throw new Error("no base-fp16");
  // Steps of 1 ms against 4 ms.
  const fast = { ...fp16, name: "fast", precision: "int4", stepMs: 1 };
  const { speed, serviceLevel } = await findings({ variants: [fp16, fast] });
  expect(speed).toMatch(
    /^fast gives (3\.[5-9]\d?|4(\.[0-4]\d?)?) times the tok\/s of base-fp16 at 16 users$/,
  );
  expect(serviceLevel).toBe("Both keep the service level at 16 users");
});

test("no difference is said to be none", async () => {
  const { speed, quality } = await findings({ variants: named("base-fp16", "base-int8") });
  expect(speed).toBe("base-int8 is not separable from base-fp16 in speed at 16 users");
  expect(quality).toBe("Against base-fp16, base-int8 is not separable");
});

test("of a single variant nothing is compared", async () => {
  const { speed, quality, serviceLevel } = await findings({ variants: named("base-fp16") });
  expect({ speed, quality }).toEqual({ speed: null, quality: null });
  expect(serviceLevel).toBe("base-fp16 keeps the service level at 16 users");
});

test("a limit that some keep names them, one that nothing keeps says so", async () => {
  const [fp16] = named("base-fp16");
  if (fp16 === undefined) throw new Error("no base-fp16");
  const late = { ...fp16, name: "late", precision: "int4", ttftFactor: 100 };
  const some = await findings({ variants: [fp16, late], levels: [1] });
  expect(some.serviceLevel).toBe("base-fp16 keeps the service level at 1 user, 1 of 2 does not");
  rmSync(folder, { recursive: true });
  const none = await findings({ ttftLimitMs: 1 });
  expect(none.serviceLevel).toBe("No variant keeps the service level at 16 users");
  expect(none).toMatchObject({ speed: null, firstTokens: null });
});

test("too few requests say nothing of the service level", async () => {
  const { serviceLevel } = await findings({
    variants: named("base-fp16"),
    levels: [1],
    levelMs: 500,
  });
  expect(serviceLevel).toBeNull();
});

const NOTHING: Findings = {
  candidates: [],
  chosen: undefined,
  load: { loop: "closed", level: 8 },
  cells: [],
  rule: { goodRateMin: 0.95, qualityTolerance: 0.05, slo: { ttftMs: 500 }, slaName: null },
  health: "valid",
  qualities: [],
  base: null,
  failures: [],
};
const failure = (outcome: string, count: number, level = 8) => ({
  ...{ variant: "a", loop: "closed" as const, level, outcome, count, messages: [] },
});

test.each([
  [[failure("timed_out", 1)], "1 request did not complete, warm-up and drain included: timed_out"],
  [
    [failure("unsent", 3), failure("timed_out", 1200), failure("unsent", 4, 16)],
    "1,207 requests did not complete, warm-up and drain included: 1,200 timed_out and 7 unsent",
  ],
])("failures are counted by kind, whatever their load", (failures, text) => {
  expect(wordFindings({ ...NOTHING, failures }).failures).toBe(text);
});

test("many variants are counted, not named; one may be better", () => {
  const quality = (variant: string, value: number) => ({
    ...{ variant, perplexity: 1, bitsPerByte: 1, scoredTokens: 1, modelBytes: 1 },
    deltaLogPerplexity: { value, low: value - 0.01, high: value + 0.01 },
    ...{ notComparable: null, separable: Math.abs(value) > 0.01 },
  });
  const qualities = [
    ...["a", "b", "c", "d"].map((name) => quality(name, 0)),
    quality("e", Math.log(0.9)),
  ];
  expect(wordFindings({ ...NOTHING, qualities, base: "fp16" }).quality).toBe(
    "Against fp16, e (−10.0 %) is clearly better; 4 variants are not separable",
  );
});

test("runs of a client that was late find nothing about the server", async () => {
  writeSyntheticSuite(folder, { ...FAMILY, variants: named("base-fp16", "base-int4") });
  for (const run of readdirSync(join(folder, "runs"))) {
    const metrics = {
      "llm_heartbeat_oversleep{phase:steady}": { type: "trend", values: { count: 9, "p(99)": 50 } },
    };
    writeFileSync(join(folder, "runs", run, "summary.json"), JSON.stringify({ metrics }));
  }
  const { health, findings: found } = await mergeFolder(folder, { qualityTolerance: 0.05 });
  expect(health.verdict).toBe("client-limited");
  expect(found).toMatchObject({ speed: null, serviceLevel: null, firstTokens: null });
  expect(found.quality).toMatch(/^Against base-fp16, base-int4 /);
});
