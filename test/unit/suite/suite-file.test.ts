import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSuiteFile } from "../../../suite/suite-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "suite-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const quality = { text: "text.txt", windowTokens: 256, strideTokens: 128 };
const variant = { name: "a", model: "models/a" };

function suiteFile(content: unknown): string {
  const path = join(folder, "suite.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

test("the demo's suite is one", () => {
  const suite = readSuiteFile(resolve("examples/demo-suite.json"));
  expect(suite.variants.map((v) => v.name)).toContain("base-int4");
});

test("paths are taken from the suite file's folder", () => {
  const suite = readSuiteFile(suiteFile({ name: "s", profile: "p", quality, variants: [variant] }));
  expect(suite.variants[0]?.model).toBe(join(folder, "models/a"));
  expect(suite.quality.text).toBe(join(folder, "text.txt"));
  expect(suite.repeats).toBe(1);
});

test("a data set is a file from the suite file's folder", () => {
  const settings = { DATASET: "data/p.jsonl", VUS: "1,2" };
  const suite = readSuiteFile(
    suiteFile({ name: "s", profile: "p", settings, quality, variants: [variant] }),
  );
  expect(suite.settings).toEqual({ DATASET: join(folder, "data/p.jsonl"), VUS: "1,2" });
});

const withSettings = (settings: object) => ({
  name: "s",
  profile: "p",
  settings,
  quality,
  variants: [variant],
});
const withLabels = (labels: object) => ({
  name: "s",
  profile: "p",
  quality,
  variants: [{ ...variant, labels }],
});

test.each([
  ["a slip in a setting", withSettings({ VUZ: "3" }), /allowed: .*VUS.*\n.*settings\.VUZ/],
  [
    "a setting that it sets itself",
    withSettings({ BASE_URL: "http://x" }),
    /no such setting.*\n.*settings\.BASE_URL/,
  ],
  ["a label that would be two", withLabels({ size: "a,b=c" }), /commas.*\n.*labels\.size/],
  ["a label's name that is none", withLabels({ "a=b": "c" }), /labels/],
  ["a wrong key", { name: "s", profile: "p", quality, variants: [variant], repeat: 2 }, /repeat/],
  ["no variants", { name: "s", profile: "p", quality, variants: [] }, /variants/],
  ["a name used twice", { name: "s", profile: "p", quality, variants: [variant, variant] }, /"a"/],
  ["a name that is a path", { name: "../s", profile: "p", quality, variants: [variant] }, /dashes/],
  ["no JSON", "{", /not JSON/],
])("%s is an error that names it", (_, content, message) => {
  const path = suiteFile(content);
  expect(() => readSuiteFile(path)).toThrow(message);
  expect(() => readSuiteFile(path)).toThrow(path);
});

test("a missing file is named", () => {
  expect(() => readSuiteFile(join(folder, "none.json"))).toThrow(/no suite file .*none\.json/);
});
