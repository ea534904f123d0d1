import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UserError } from "../../../lib/core/user-error.ts";
import { writeJsonAtomic } from "../../../records/atomic-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "atomic-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("makes folders and leaves nothing but the file", () => {
  writeJsonAtomic(join(folder, "a", "b.json"), { value: 1 });
  expect(readdirSync(join(folder, "a"))).toEqual(["b.json"]);
  expect(JSON.parse(readFileSync(join(folder, "a", "b.json"), "utf8"))).toEqual({ value: 1 });
});

test("names a place that can't be written", () => {
  writeFileSync(join(folder, "file"), "");
  const write = () => writeJsonAtomic(join(folder, "file", "b.json"), {});
  expect(write).toThrow(UserError);
  expect(write).toThrow(join(folder, "file", "b.json"));
});

test.skipIf(process.platform !== "linux")("refuses a place where no folder can be made", () => {
  expect(() => writeJsonAtomic("/proc/none/b.json", {})).toThrow(/can't write \/proc\/none/);
});
