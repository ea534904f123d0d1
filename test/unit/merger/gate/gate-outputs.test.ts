import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { validateXML } from "xmllint-wasm";
import { renderGateTable } from "../../../../merger/gate/gate-table.ts";
import { githubAnnotations } from "../../../../merger/gate/github-annotations.ts";
import { renderGateJunit, renderGateMarkdown } from "../../../../merger/gate/render-gate.ts";
import { gateCheck, gateReport, hostileReport } from "../../../support/gate-report.ts";
import { REPOSITORY } from "../../../support/temporary-project.ts";

const TEMPLATES = join(REPOSITORY, "merger", "templates");
const SCHEMA = readFileSync(join(REPOSITORY, "test/fixtures/junit/junit-10.xsd"), "utf8");

describe("the table", () => {
  test("shows figures, limits, intervals and verdicts", () => {
    const lines = renderGateTable(gateReport()).split("\n");
    const row = (name: string) => lines.filter((line) => line.trim().startsWith(name));
    expect(lines[0]).toBe("BREACH: 2 of 9 failed");
    expect(row("TTFT p95 ")[0]).toMatch(/412 ms +390 to 431 +≤ 500 ms +1,190 +pass/);
    expect(row("good rate")[0]).toMatch(/93\.1 % +91\.5 to 94\.4 % +≥ 95 % +1,200 +BREACH/);
    expect(row("TTFT p95, ms")[0]).toMatch(
      /370 +412 +\+11\.4 % +\+8\.2 to \+14\.6 % +5 % +REGRESSION/,
    );
    expect(row("good rate")[1]).toMatch(/94 % +93\.1 % +−0\.9 pp .* 5 pp +no separable change/);
    expect(row("fp16 at 8 users")[0]).toContain("not in the results");
  });

  test("tells a figure from its limit, however close", () => {
    const cell = gateReport().cells[0];
    if (cell === undefined) throw new Error("no cell");
    const close = gateCheck({ figure: 500.04, interval: null, verdict: "breach" });
    expect(renderGateTable(gateReport({ cells: [{ ...cell, checks: [close] }] }))).toContain(
      "500.04 ms",
    );
  });

  test.each([
    ["a usual report", gateReport()],
    ["a hostile one", hostileReport()],
    ["one of long names", gateReport({ reason: "word ".repeat(99) + "x".repeat(300) })],
  ])("fits 100 columns and has no control characters: %s", (_, report) => {
    const lines = renderGateTable(report).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(lines.filter((line) => /[\p{Cc}\p{Cs}]/u.test(line))).toEqual([]);
    expect(lines.filter((line) => line.startsWith("::"))).toEqual([]);
  });
});

describe("the JUnit file", () => {
  test.each([
    ["a usual report", gateReport()],
    ["a hostile one", hostileReport()],
    ["nothing but a run", gateReport({ cells: [], regression: null, notes: [] })],
  ])("keeps to Jenkins' schema: %s", async (_, report) => {
    const result = await validateXML({
      xml: [{ fileName: "gate.xml", contents: renderGateJunit(report, TEMPLATES) }],
      schema: [{ fileName: "junit.xsd", contents: SCHEMA }],
    });
    expect(result.errors).toEqual([]);
    expect(result.valid).toBe(true);
  });

  test("a breach is a failure, what can't be told an error, what has no partner skipped", () => {
    const xml = renderGateJunit(gateReport(), TEMPLATES);
    expect(xml).toContain('<testsuites name="tradeoff gate" tests="10" failures="2" errors="3">');
    expect(xml).toContain('<failure type="SLA breach" message="93.1 %, limit ≥ 95 %');
    expect(xml).toContain('<failure type="regression"');
    expect(xml).toContain('<error type="invalid measurement" message="it was stopped');
    expect(xml).toContain('<skipped message="not in the results"/>');
    expect(xml.match(/<testcase /g)).toHaveLength(10);
  });
});

describe("GitHub's annotations", () => {
  test("errors, warnings and notices", () => {
    expect(githubAnnotations(gateReport())).toEqual([
      "::error title=SLA breach%3A good rate::int4 at 8 users (chat-50vu), service level chat: 93.1 %25, limit ≥ 95 %25 (n = 1200, 95 %25: 91.5 to 94.4 %25)",
      "::error title=regression%3A TTFT p95::int4 at 8 users (chat-50vu), against the baseline: regression: +11.4 %25 (95 %25: +8.2 to +14.6 %25), from 370 to 412, tolerance 5 %25",
      "::warning title=invalid measurement%3A run-2::runs: it was stopped before its end",
      "::warning title=not measurable%3A ITL p99::int4 at 8 users (chat-50vu), service level chat: only 40 samples, 500 requests needed, limit ≤ 500 ms (n = 40)",
      "::warning title=not measurable%3A ITL p95::int4 at 8 users (chat-50vu), against the baseline: the results: n = 40, 100 completed requests needed",
      "::notice title=improvement%3A output speed::int4 at 8 users (chat-50vu), against the baseline: improvement: +30.0 %25 (95 %25: +27.0 to +33.0 %25), from 400 to 520, tolerance 5 %25",
    ]);
  });

  test("nothing from outside starts a line, or a property", () => {
    const lines = githubAnnotations(hostileReport());
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      expect(line).toMatch(/^::(error|warning|notice) title=[^:,\r\n]*::[^\r\n]*$/);
    }
  });

  test("ten of a kind at most, as many as GitHub shows, the last one counting the rest", () => {
    const [cell] = gateReport().cells;
    if (cell === undefined) throw new Error("no cell");
    const checks = Array.from({ length: 14 }, () => gateCheck({ verdict: "breach" }));
    const lines = githubAnnotations(
      gateReport({ runs: [], regression: null, cells: [{ ...cell, checks }] }),
    );
    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe("::error title=and 5 more::all are in the job's summary");
  });
});

describe("Markdown", () => {
  test("what failed first, then tables", () => {
    const markdown = renderGateMarkdown(gateReport(), TEMPLATES);
    expect(markdown.split("\n")[0]).toContain("**Gate: BREACH.**");
    expect(markdown).toContain("- **SLA breach**: good rate (int4 at 8 users (chat-50vu), service");
    expect(markdown).toContain(
      "| int4 at 8 users (chat-50vu) | TTFT p95, ms | 370 | 412 | +11.4 % | +8.2 to +14.6 % | \\< 0.001 | 5 % | REGRESSION |",
    );
  });

  test("names from outside break no table and start no tag", () => {
    const markdown = renderGateMarkdown(hostileReport(), TEMPLATES);
    expect(markdown).not.toMatch(/(?<!\\)<script/);
    const columns = markdown
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .map((line) => line.split(/(?<!\\)\|/).length);
    expect(new Set(columns)).toEqual(new Set([9, 11]));
  });
});
