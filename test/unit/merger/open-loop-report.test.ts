import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { reportSchema, type TradeoffReport } from "../../../records/report.ts";
import { mergeFolder } from "../../support/merged-folder.ts";
import { HELD_AND_NOT, writeOpenRun } from "../../support/open-results.ts";
import { FAMILY, writeSyntheticSuite } from "../../support/synthetic-results.ts";

// Each of them makes whole reports.
vi.setConfig({ testTimeout: 30_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "open-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function report(): Promise<TradeoffReport> {
  return mergeFolder(folder);
}

test("recommends the highest rate that is held, and calls the one above saturated", async () => {
  writeOpenRun(folder, HELD_AND_NOT);
  const { answer, cells, health, loop, level } = await report();
  expect({ loop, level }).toEqual({ loop: "open", level: 4 });
  expect(answer.sentence).toMatch(/^Run int4 at 4 requests\/s: /);
  expect(cells.map((cell) => [cell.level, cell.holds, cell.whyNot])).toEqual([
    [4, true, null],
    [16, false, "the rate is not held: 20 requests were never sent"],
  ]);
  // A valid result: nothing provisional about it.
  expect(health.verdict).toBe("saturated");
  expect(health.reason).toMatch(
    /^requests never sent: 20 \(limit: below 1\); the rate is not held/,
  );
});

test("tells a mix's streams apart at each rate", async () => {
  writeOpenRun(folder, HELD_AND_NOT);
  const { streams } = await report();
  expect(streams.map((s) => [s.level, s.stream, s.requests, s.failed])).toEqual([
    [4, "chat", 30, 0],
    [4, "rag", 10, 0],
    [16, "chat", 120, 15],
    [16, "rag", 40, 5],
  ]);
});

test("what is written is what the schema says, and speaks of rates everywhere", async () => {
  writeOpenRun(folder, HELD_AND_NOT);
  await report();
  reportSchema.parse(JSON.parse(readFileSync(join(folder, "report.json"), "utf8")));
  const [html, markdown] = ["report.html", "report.md"].map((name) =>
    readFileSync(join(folder, name), "utf8"),
  );
  expect(html).toContain("requests offered a second");
  expect(html).toContain("4 requests/s steady 0 to 10 s, 40 requests scheduled");
  expect(markdown).toContain("| at 4 requests/s |");
  expect(`${html}${markdown}`).not.toMatch(/\d users\b/);
});

test("users and rates don't compare: the kind with more cells decides, the other is said to be shown", async () => {
  writeSyntheticSuite(folder, { ...FAMILY, variants: FAMILY.variants.slice(0, 2), repeats: 1 });
  writeOpenRun(folder, HELD_AND_NOT);
  const { answer, loop, cells, health, knees } = await report();
  expect(loop).toBe("closed");
  expect(answer.sentence).toMatch(/ at 16 users: /);
  expect(cells.filter((cell) => cell.loop === "open").length).toBe(2);
  expect(knees).not.toHaveProperty("int4");
  expect(health.warnings).toContain(
    "shown and no part of the recommendation, which is about users at once: 4 requests/s and 16 requests/s",
  );
});

test("records that end inside the ramp say that nothing steady was recorded", async () => {
  writeOpenRun(folder, [{ perSecond: 4, lagMs: 1, unsent: 0 }]);
  const file = join(folder, "runs", "open", "requests.ndjson");
  const lines = readFileSync(file, "utf8").replaceAll(
    '"phase":"steady","level":4,"stream"',
    '"phase":"warmup","level":null,"stream"',
  );
  writeFileSync(file, lines);
  const { answer } = await report();
  expect(answer).toMatchObject({ verdict: "no comparison", variant: null });
  expect(answer.sentence).toMatch(/^No request of a steady phase was recorded/);
});
