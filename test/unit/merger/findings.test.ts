import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
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
  // Steps of 1.6 ms against 4 ms: 2.5 times.
  expect(found.speed).toMatch(
    /^mini-fp16 is 2\.[45]\d* times as fast as base-(fp16|int8) at 16 users$/,
  );
  // Losses of 0.005 and 0.3 nats: exp(0.005) - 1 = 0.5 %, exp(0.3) - 1 = 35 %.
  expect(found.quality).toMatch(
    /^Against base-fp16, base-int4 \(\+0\.5\d? %\) and mini-fp16 \(\+35\.0 %\) are clearly worse; base-int8 is not separable$/,
  );
  expect(found.serviceLevel).toBe("All 4 variants keep the service level at 16 users");
  expect(found.firstTokens).toMatch(
    /^Half of base-int4's first tokens come within \d+(\.\d+)? ms, 95 % within \d+(\.\d+)? ms$/,
  );
  expect(found.failures).toBeNull();
});

test("a small gain is told in percent", async () => {
  // Steps of 2.8 ms against 4 ms: 43 % faster.
  const { speed } = await findings({ variants: named("base-fp16", "base-int4") });
  expect(speed).toMatch(/^base-int4 is (3[89]|4\d)(\.\d)? % faster than base-fp16 at 16 users$/);
});

test("no difference is said to be none", async () => {
  const { speed, quality } = await findings({ variants: named("base-fp16", "base-int8") });
  expect(speed).toBe("No variant is clearly faster than another at 16 users");
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
  expect(none.firstTokens).toBeNull();
});
