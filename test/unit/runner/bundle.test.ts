import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBundle } from "../../../runner/bundle.ts";

let dist: string;
beforeAll(() => {
  dist = mkdtempSync(join(tmpdir(), "dist-"));
  writeFileSync(join(dist, "chat-50vu.js"), "abc");
});
afterAll(() => rmSync(dist, { recursive: true }));

test("finds a bundle by its profile's name and by its path", () => {
  const byName = findBundle("chat-50vu", dist);
  expect(byName).toEqual({
    profile: "chat-50vu",
    path: join(dist, "chat-50vu.js"),
    // SHA-256 of "abc", FIPS 180-2 appendix B.1.
    digest: "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  });
  expect(findBundle(join(dist, "chat-50vu.js"), "elsewhere")).toEqual(byName);
});

test("a file that is no script is refused", () => {
  const notes = join(dist, "notes.md");
  writeFileSync(notes, "# Notes");
  expect(() => findBundle(notes, dist)).toThrow(/notes\.md: found no bundle/);
});

test("names the profiles there are when one is unknown", () => {
  expect(() => findBundle("chat-50", dist)).toThrow(/no profile "chat-50".*chat-50vu/);
  expect(() => findBundle("./nowhere.js", dist)).toThrow(/nowhere\.js is not there/);
});
