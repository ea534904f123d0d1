import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { REPOSITORY } from "../support/temporary-project.ts";

/** The path of a file URL is `/C:/my%20clone` where the path is `C:\my clone`. */
const PATH_OF_A_URL = /\bimport\.meta\.url\)\s*\.pathname/;
const NOT_OURS = new Set(["node_modules", "dist", "results", "coverage"]);

function* sources(directory: string): Generator<string> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) {
      if (!NOT_OURS.has(entry.name) && !entry.name.startsWith(".")) yield* sources(path);
    } else if (/\.(ts|mjs|js)$/.test(entry.name)) yield path;
  }
}

test("paths of this repository's files are made by fileURLToPath", () => {
  expect('new URL("x", import.meta.url).pathname').toMatch(PATH_OF_A_URL);
  const files = [...sources(REPOSITORY)];
  expect(files.length).toBeGreaterThan(200);
  const self = "portable-paths.test.ts";
  const wrong = files.filter(
    (file) => !file.endsWith(self) && PATH_OF_A_URL.test(readFileSync(file, "utf8")),
  );
  expect(wrong.map((file) => relative(REPOSITORY, file))).toEqual([]);
});
