import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findInputs } from "../../../merger/find-inputs.ts";
import { readRuns } from "../../../merger/read-runs.ts";
import { requestRecord, runHeader } from "../../support/records.ts";
import { runFile } from "../../support/run-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "merger-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("reads what a plain k6 run printed, and counts what is not ours", async () => {
  const path = write(
    "requests.ndjson",
    lines(runHeader({ instance: "a" }), requestRecord(), runHeader({ instance: "b" })) +
      'INFO[0001] hello\n{"kind":"other"}\n{"kind":"request","ver',
  );
  const { runs, unusable } = await readRuns(findInputs([path]).runs);
  expect(unusable).toEqual([]);
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({ variant: "m", otherLines: 3, incomplete: null, file: null });
  expect(runs[0]?.records).toHaveLength(1);
});

test("names a variant by its label, else by the model", async () => {
  write("runs/a/requests.ndjson", lines(runHeader({ runId: "a", labels: { variant: "int4" } })));
  write("runs/b/requests.ndjson", lines(runHeader({ runId: "b", model: "llama" })));
  const { runs } = await readRuns(findInputs([folder]).runs);
  expect(runs.map((run) => run.variant)).toEqual(["int4", "llama"]);
});

test("reads a cut .gz up to the cut, and says that it is cut", async () => {
  const records = Array.from({ length: 2000 }, (_, i) => requestRecord({ id: String(i * 7919) }));
  const whole = gzipSync(lines(runHeader(), ...records));
  write("runs/a/requests.ndjson.gz", whole.subarray(0, Math.round(whole.length * 0.6)));
  const { runs } = await readRuns(findInputs([folder]).runs);
  expect(runs[0]?.incomplete).toBe("its records file is cut");
  expect(runs[0]?.records.length).toBeGreaterThan(100);
  expect(runs[0]?.records.length).toBeLessThan(2000);
});

test.each([
  { state: "running", incomplete: "it never finished: killed, or still running" },
  { state: "interrupted", incomplete: "it was stopped before its end" },
  { state: "finished", incomplete: null },
] as const)("a run that is $state: $incomplete", async ({ state, incomplete }) => {
  write("runs/a/run.json", JSON.stringify(runFile({ state })));
  write("runs/a/requests.ndjson", lines(runHeader()));
  const { runs } = await readRuns(findInputs([join(folder, "runs", "a")]).runs);
  expect(runs[0]?.incomplete).toBe(incomplete);
});

test("names the runs of which nothing can be said", async () => {
  write("runs/empty/run.json", JSON.stringify(runFile({ id: "empty", state: "running" })));
  write("runs/headless/requests.ndjson", lines(requestRecord()));
  const { runs, unusable } = await readRuns(findInputs([folder]).runs);
  expect(runs).toEqual([]);
  expect(unusable.map((run) => run.id)).toEqual(["empty", "headless"]);
  expect(unusable[0]?.reason).toBe("it left no records");
  expect(unusable[1]?.reason).toContain("header");
  expect(unusable.map((run) => run.damaged)).toEqual([false, true]);
});

test("takes the heartbeat from the summary; a summary cut by a kill is as good as none", async () => {
  const trend = { values: { "p(99)": 3.25 } };
  const metrics = { "llm_heartbeat_oversleep{phase:steady}": trend };
  write("runs/a/requests.ndjson", lines(runHeader({ runId: "a" })));
  write("runs/a/summary.json", JSON.stringify({ metrics }));
  write("runs/b/requests.ndjson", lines(runHeader({ runId: "b" })));
  write("runs/b/summary.json", '{"metrics": {"llm_heart');
  const { runs } = await readRuns(findInputs([folder]).runs);
  expect(runs.map((run) => run.heartbeatP99Ms)).toEqual([3.25, null]);
});

test("instances of one run in files of their own add up to one run", async () => {
  const a = write("a.ndjson", lines(runHeader({ instance: "a" }), requestRecord({ id: "1" })));
  const b = write("b.ndjson", lines(runHeader({ instance: "b" }), requestRecord({ id: "2" })));
  const { runs } = await readRuns(findInputs([a, b]).runs);
  expect(runs).toHaveLength(1);
  expect(runs[0]?.records.map((record) => record.id)).toEqual(["1", "2"]);
});

test("a run that is named twice counts once", async () => {
  write("runs/a/requests.ndjson", lines(runHeader(), requestRecord()));
  const { runs } = await readRuns(findInputs([folder, join(folder, "runs", "a")]).runs);
  expect(runs).toHaveLength(1);
  expect(runs[0]?.records).toHaveLength(1);
});

test("refuses a copy of a run: its requests would count twice", async () => {
  write("runs/a/requests.ndjson", lines(runHeader(), requestRecord()));
  write("runs/copy/requests.ndjson", lines(runHeader(), requestRecord()));
  await expect(readRuns(findInputs([folder]).runs)).rejects.toThrow(
    /instance a of run run is in both .*runs.a.* and .*runs.copy/,
  );
});

test("refuses a file of two runs", async () => {
  const path = write(
    "two.ndjson",
    lines(runHeader({ runId: "one" }), runHeader({ runId: "other" })),
  );
  await expect(readRuns(findInputs([path]).runs)).rejects.toThrow("holds two runs, one and other");
});

test("names the fields of a run file that is wrong", async () => {
  write("runs/a/run.json", JSON.stringify({ ...runFile(), state: "done" }));
  write("runs/a/requests.ndjson", lines(runHeader()));
  await expect(readRuns(findInputs([folder]).runs)).rejects.toThrow(/run\.json.*[\s\S]*state/);
});

test("says which results are not there, and where it looked for some", () => {
  expect(() => findInputs([join(folder, "nowhere")])).toThrow(/no results at .*nowhere/);
  expect(() => findInputs([folder])).toThrow(/nothing to report on in .*quality\.json/);
});

function write(path: string, content: string | Uint8Array): string {
  const full = join(folder, path);
  mkdirSync(join(full, ".."), { recursive: true });
  writeFileSync(full, content);
  return full;
}

function lines(...values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}
