import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readJson } from "../../records/read-json.ts";
import { reportSchema } from "../../records/report.ts";
import { runFileSchema } from "../../records/run.ts";
import { type ScriptedServer, startScriptedServer } from "../support/scripted-server.ts";
import { REPOSITORY } from "../support/temporary-project.ts";
import { tradeoff } from "../support/tradeoff-command.ts";

const MINI = join(REPOSITORY, "model-server", "models", "mini-fp16");
const STEPS = [
  "perplexity of served",
  "perplexity of elsewhere",
  "load on served, repeat 1",
  "load on elsewhere, repeat 1",
  "load on elsewhere, repeat 2",
  "load on served, repeat 2",
];

let folder: string;
let server: ScriptedServer | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "suite-"));
});
afterEach(async () => {
  await server?.kill();
  server = undefined;
  rmSync(folder, { recursive: true });
});

test("measures each variant in turn and back, its quality and its speed, and says what to run", async () => {
  server = await startScriptedServer({
    behave: () => ({ kind: "stream", tokens: 4, firstMs: 5, gapMs: 2 }),
  });
  writeFileSync(join(folder, "text.txt"), "The state of the Union is strong. ".repeat(40));
  // What no run can hold: in a suite a result, and no error.
  const sla = join(folder, "sla.json");
  writeFileSync(sla, JSON.stringify({ slo: { ttftMs: 500 }, minRequests: 100_000 }));
  const suite = {
    name: "two",
    profile: "chat-sweep",
    settings: { VUS: "1,2", DURATION: "1s", MAX_TOKENS: "4", SLA: sla, HEALTH: "report" },
    repeats: 2,
    quality: { text: "text.txt", windowTokens: 64, strideTokens: 64 },
    variants: [
      { name: "served", model: MINI },
      { name: "elsewhere", model: MINI, baseUrl: server.url },
    ],
  };
  writeFileSync(join(folder, "two.json"), JSON.stringify(suite));

  const end = await tradeoff(folder, ["suite", "two.json", "--engine", "embedded"]);

  expect(end).toMatchObject({ code: 0 });
  const steps = end.stderr.split("\n").filter((line) => line.startsWith("["));
  expect(steps).toEqual(STEPS.map((step, i) => `[${i + 1}/6] ${step}`));
  expect(end.stderr).not.toContain("have been crossed");
  for (const run of ["served, repeat 1", "served, repeat 2", "elsewhere, repeat 1"]) {
    expect(end.stderr).toMatch(
      new RegExp(
        `^${run}: (client-limited: .*|a threshold was breached: the report says by what)$`,
        "m",
      ),
    );
  }
  expect(end.stderr).toContain("elsewhere, repeat 1: no metrics of the server in this run");

  const out = join(folder, "results", "two");
  expect(end.stdout).toContain(join("results", "two", "report.html"));
  const report = readJson(join(out, "report.json"), reportSchema);
  expect(end.stdout).toContain(report.answer.sentence);
  expect(report.qualities.map(({ perplexity }) => perplexity)).toHaveLength(2);
  expect(report.cells.map(({ variant, level, repeats }) => [variant, level, repeats])).toEqual([
    ["elsewhere", 1, 2],
    ["elsewhere", 2, 2],
    ["served", 1, 2],
    ["served", 2, 2],
  ]);
  const runs = readdirSync(join(out, "runs"));
  expect(runs).toHaveLength(4);
  for (const run of runs) {
    const { exit } = readJson(join(out, "runs", run, "run.json"), runFileSchema);
    expect(exit?.code).toBe(99);
  }
  // Each repeat asks by another seed.
  expect(report.runs.map(({ seed }) => seed).sort()).toEqual([1, 1, 2, 2]);
});
