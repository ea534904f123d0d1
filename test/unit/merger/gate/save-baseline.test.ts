import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findInputs } from "../../../../merger/find-inputs.ts";
import { saveBaseline } from "../../../../merger/gate/save-baseline.ts";
import { readRuns } from "../../../../merger/read-runs.ts";
import { gatedRequests, writeGatedRun } from "../../../support/gated-run.ts";
import { FAMILY, writeSyntheticSuite } from "../../../support/synthetic-results.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "baseline-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a copy is a baseline: the same runs and quality are found in it", async () => {
  const suite = join(folder, "suite");
  writeSyntheticSuite(suite, { ...FAMILY, levels: [1], levelMs: 500, repeats: 1 });
  const files = findInputs([suite]);
  const target = join(folder, "kept", "baseline");
  saveBaseline(files, target);
  const copied = findInputs([target]);
  expect(copied.qualities).toHaveLength(files.qualities.length);
  const ids = async (of: typeof files) => (await readRuns(of.runs)).runs.map(({ id }) => id);
  expect(await ids(copied)).toEqual(await ids(files));
  expect(readdirSync(join(folder, "kept"))).toEqual(["baseline"]);
});

test("takes the place of the one before", () => {
  const target = join(folder, "baseline");
  saveBaseline(findInputs([writeGatedRun(folder, "old", gatedRequests(3))]), target);
  saveBaseline(findInputs([writeGatedRun(folder, "new", gatedRequests(3))]), target);
  expect(readdirSync(join(target, "runs"))).toEqual(["new"]);
});

test("a bare records file becomes a run's folder, and two of one name both do", () => {
  const paths = ["a", "b"].map((name) => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "requests.ndjson"), "");
    return join(folder, name, "requests.ndjson");
  });
  saveBaseline(findInputs(paths), join(folder, "baseline"));
  expect(findInputs([join(folder, "baseline")]).runs).toHaveLength(2);
});

test("a folder of other things is left alone", () => {
  const files = findInputs([writeGatedRun(folder, "a", gatedRequests(3))]);
  writeFileSync(join(folder, "thesis.txt"), "years of work");
  expect(() => saveBaseline(files, folder)).toThrow(/holds the results themselves/);
  const home = join(folder, "home");
  mkdirSync(home);
  writeFileSync(join(home, "thesis.txt"), "years of work");
  expect(() => saveBaseline(files, home)).toThrow(/would be replaced, but holds thesis\.txt/);
  expect(() => saveBaseline(files, join(home, "thesis.txt"))).toThrow(/is no folder/);
  expect(existsSync(join(home, "thesis.txt"))).toBe(true);
});

test("the results themselves are not replaced by way of a link either", () => {
  const link = join(folder, "link");
  symlinkSync(folder, link, "junction");
  const files = findInputs([writeGatedRun(folder, "a", gatedRequests(3))]);
  expect(() => saveBaseline(files, link)).toThrow(/holds the results themselves/);
});

test("a place that can't be written is an error in words, and leaves nothing", () => {
  const files = findInputs([writeGatedRun(folder, "a", gatedRequests(3))]);
  writeFileSync(join(folder, "file"), "");
  expect(() => saveBaseline(files, join(folder, "file", "baseline"))).toThrow(/can't write/);
  expect(readdirSync(folder).sort()).toEqual(["file", "now"]);
});
