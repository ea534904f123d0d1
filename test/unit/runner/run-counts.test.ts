import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countRequests } from "../../../runner/run-counts.ts";

let folder: string;
let summary: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "counts-"));
  summary = join(folder, "summary.json");
});
afterEach(() => rmSync(folder, { recursive: true }));

test("what was started and not recorded was interrupted", () => {
  const metrics = { llm_requests_started: { type: "counter", values: { count: 52, rate: 1 } } };
  writeFileSync(summary, JSON.stringify({ metrics }));
  expect(countRequests(summary, 50)).toEqual({ started: 52, recorded: 50, interrupted: 2 });
});

test("a run that left no summary has no counts, rather than zeros", () => {
  expect(countRequests(summary, 50)).toBeNull();
});
