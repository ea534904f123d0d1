import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { gateSchema } from "../../records/gate.ts";
import { gatedRequests, writeGatedRun } from "../support/gated-run.ts";
import { tradeoff } from "../support/tradeoff-command.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gate-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SLOW = { firstContentMs: 1e6, lastContentMs: 1e6, good: false };
const good = () => writeGatedRun(folder, "good", gatedRequests(200));
const slow = () =>
  writeGatedRun(
    folder,
    "slow",
    gatedRequests(200, () => SLOW),
  );
const stopped = () =>
  writeGatedRun(folder, "stopped", gatedRequests(200), { state: "interrupted" });

describe("exit codes", () => {
  test.each([
    { name: "everything holds", runs: [good], args: [], code: 0, stdout: /^PASS: all 5 checks/ },
    { name: "a breach", runs: [slow], args: [], code: 99, stdout: /^BREACH: [\s\S]*TTFT p95/ },
    { name: "a stopped run", runs: [stopped], args: [], code: 95, stdout: /^INVALID MEASUREMENT/ },
    { name: "both", runs: [stopped, slow], args: [], code: 99, stdout: /^BREACH/ },
    { name: "no results", runs: [], args: [], code: 2, stderr: /no results at .*now/ },
    {
      name: "an unknown service level",
      runs: [good],
      args: ["--sla", "chatt"],
      code: 2,
      stderr: /no service level "chatt"/,
    },
    {
      name: "an unknown metric",
      runs: [good],
      args: ["--tolerance", "tpot=3%"],
      code: 2,
      stderr: /no metric "tpot"/,
    },
    { name: "no level", runs: [good], args: ["--level", "x"], code: 2, stderr: /numbers above 0/ },
    {
      name: "a baseline that is not there",
      runs: [good],
      args: ["--baseline", "nowhere"],
      code: 2,
      stderr: /--baseline: no results at .*nowhere/,
    },
    {
      name: "a JUnit file that can't be written",
      runs: [good],
      args: ["--junit", "now/runs/good/run.json/x.xml"],
      code: 2,
      stderr: /can't write .*x\.xml/,
    },
  ])("$name: $code", async ({ runs, args, code, stdout, stderr }) => {
    for (const write of runs) write();
    const end = await tradeoff(folder, ["gate", "now", ...args]);
    expect(end.stdout).toMatch(stdout ?? /^(PASS|$)/);
    expect(end.stderr).toMatch(stderr ?? /^$/);
    expect(end.code).toBe(code);
  });

  test("no results named", async () => {
    const end = await tradeoff(folder, ["gate"]);
    expect(end.stderr).toContain("missing required argument 'results'");
    expect(end.code).toBe(2);
  });
});

test("writes JSON, JUnit and Markdown", async () => {
  slow();
  const args = ["gate", "now", "--json", "--junit", "out/gate.xml", "--markdown", "out/gate.md"];
  const end = await tradeoff(folder, args);
  const report = gateSchema.parse(JSON.parse(end.stdout));
  expect(report.verdict).toBe("breach");
  expect(readFileSync(join(folder, "out", "gate.xml"), "utf8")).toContain("<failure ");
  expect(readFileSync(join(folder, "out", "gate.md"), "utf8")).toContain("**Gate: BREACH.**");
  expect(readdirSync(join(folder, "out")).sort()).toEqual(["gate.md", "gate.xml"]);
});

describe("in a GitHub job", () => {
  test("annotates on the standard output and adds to the job's summary", async () => {
    slow();
    writeFileSync(join(folder, "summary.md"), "what was there before\n");
    const end = await tradeoff(folder, ["gate", "now"], {
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
    });
    expect(end.code).toBe(99);
    expect(end.stdout).toMatch(/^::error title=SLA breach%3A TTFT p95::m at 8 users/m);
    const summary = readFileSync(join(folder, "summary.md"), "utf8");
    expect(summary).toMatch(/^what was there before\n[\s\S]*\*\*Gate: BREACH/);
  });

  test("JSON keeps the standard output to itself; a summary that can't be written costs no verdict", async () => {
    slow();
    const end = await tradeoff(folder, ["gate", "now", "--json"], {
      GITHUB_ACTIONS: "true",
      GITHUB_STEP_SUMMARY: join(folder, "now"),
    });
    expect(end.code).toBe(99);
    expect(gateSchema.parse(JSON.parse(end.stdout)).kind).toBe("gate");
    expect(end.stderr).toMatch(/^::error /m);
    expect(end.stderr).toContain("GITHUB_STEP_SUMMARY");
  });
});

test("a baseline is saved where everything holds, and compared with the next time", async () => {
  const run = good();
  const saved = await tradeoff(folder, ["gate", run, "--save-baseline", "baseline"]);
  expect(saved.code).toBe(0);
  expect(readdirSync(join(folder, "baseline", "runs"))).toEqual(["good"]);
  const next = await tradeoff(folder, ["gate", run, "--baseline", "baseline"]);
  expect(next.stdout).toMatch(/none of 8 comparisons is a regression/);
  expect(next.stdout).toMatch(/TTFT p95, ms .*no separable change/);
  expect(next.code).toBe(0);
});

test("what does not hold is never saved", async () => {
  const run = slow();
  const end = await tradeoff(folder, ["gate", run, "--save-baseline", "baseline"]);
  expect(end.code).toBe(99);
  expect(end.stderr).toContain("the baseline is not saved: breach");
  expect(existsSync(join(folder, "baseline"))).toBe(false);
});
