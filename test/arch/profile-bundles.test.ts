import { expect, test } from "vitest";
import { MAX_BUNDLE_BYTES } from "../../build/bundle-rules.mjs";
import { bundleProfiles, profileNames } from "../../build/bundles.mjs";
import { REPOSITORY, TemporaryProject } from "../support/temporary-project.ts";

test("every profile's bundle holds only scenarios and lib, imports only k6, and is small", async () => {
  const { metafile } = await bundleProfiles(REPOSITORY);
  const bundles = Object.entries(metafile.outputs).filter(([file]) => file.endsWith(".js"));
  expect(bundles.map(([file]) => file).sort()).toEqual(
    profileNames(REPOSITORY).map((name) => `dist/${name}.js`),
  );
  for (const [, { bytes, imports, inputs }] of bundles) {
    expect(bytes).toBeLessThanOrEqual(MAX_BUNDLE_BYTES);
    expect(imports.map(({ path }) => path)).toContain("k6/x/sse");
    for (const { path } of imports) expect(path).toMatch(/^k6(\/|$)/);
    // A bundle of nothing would satisfy any rule.
    expect(Object.keys(inputs)).toContain("lib/core/token-stream.ts");
    for (const input of Object.keys(inputs)) expect(input).toMatch(/^(scenarios|lib)\/.*\.ts$/);
  }
});

const GOOD = 'import { sleep } from "k6";\nexport const run = () => sleep(1);\n';

test("a profile of k6's modules alone is bundled", async () => {
  using project = new TemporaryProject().write("scenarios/a.ts", GOOD);
  const { outputFiles } = await bundleProfiles(project.root);
  expect(outputFiles).toHaveLength(2);
});

test.each([
  [
    "an npm package",
    'import { z } from "zod";\nexport const run = () => z;',
    /a\.ts:1: imports "zod"/,
  ],
  [
    "a module of Node",
    'import fs from "node:fs";\nexport const run = () => fs;',
    /imports "node:fs"/,
  ],
  [
    "a name that starts like k6",
    'import x from "k6-utils";\nexport const run = () => x;',
    /"k6-utils"/,
  ],
  ["a URL", 'import x from "https://jslib.k6.io/a.js";\nexport const run = () => x;', /jslib/],
  ["a late import", 'export const run = () => import("undici");', /imports "undici"/],
  [
    "another room",
    'import { x } from "../records/x.ts";\nexport const run = () => x;',
    /a\.ts imports records\/x\.ts/,
  ],
  [
    "JSON",
    'import x from "../lib/x.json";\nexport const run = () => x;',
    /a\.ts imports lib\/x\.json/,
  ],
  [
    "no such file",
    'import { x } from "../lib/none.ts";\nexport const run = () => x;',
    /Could not resolve/,
  ],
  ["what does not parse", "export const run = (;", /a\.ts:1: /],
  [
    "too much code",
    `export const run = () => ${JSON.stringify("x".repeat(MAX_BUNDLE_BYTES))};`,
    /is \d+ bytes; allowed: 54000/,
  ],
])("the build refuses %s, and says where", async (_, source, message) => {
  using project = new TemporaryProject()
    .write("scenarios/a.ts", source)
    .write("records/x.ts", "export const x = 1;")
    .write("lib/x.json", "{}");
  await expect(bundleProfiles(project.root)).rejects.toThrow(message);
});

test("no profiles at all is an error, not an empty success", async () => {
  using project = new TemporaryProject().write("scenarios/readme.md", "");
  await expect(bundleProfiles(project.root)).rejects.toThrow(/no profiles/);
});
