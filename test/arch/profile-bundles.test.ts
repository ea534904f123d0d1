import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { keptBytes, MAX_KEPT_BYTES } from "../../build/bundle-rules.mjs";
import { buildProfiles, bundleProfiles, profileNames } from "../../build/bundles.mjs";
import { REPOSITORY, TemporaryProject } from "../support/temporary-project.ts";

test("every profile's bundle holds only scenarios and lib, imports only k6, and is small", async () => {
  const { metafile, transient } = await bundleProfiles(REPOSITORY);
  const bundles = Object.entries(metafile.outputs).filter(([file]) => file.endsWith(".js"));
  expect(bundles.map(([file]) => file).sort()).toEqual(
    profileNames(REPOSITORY).map((name) => `dist/${name}.js`),
  );
  for (const [, output] of bundles) {
    const { bytes, imports, inputs } = output;
    const kept = keptBytes(output, transient);
    expect(kept).toBeLessThanOrEqual(MAX_KEPT_BYTES);
    // What starts a run and what sums it up is a good part of each.
    expect(kept).toBeLessThan(0.7 * bytes);
    expect(imports.map(({ path }) => path)).toContain("k6/x/sse");
    for (const { path } of imports) expect(path).toMatch(/^k6(\/|$)/);
    // A bundle of nothing would satisfy any rule.
    expect(Object.keys(inputs)).toContain("lib/core/token-stream.ts");
    for (const input of Object.keys(inputs)) expect(input).toMatch(/^(scenarios|lib)\/.*\.ts$/);
  }
});

/** What calls a transient module and is none itself: while a script starts or once a run, never for each request. */
const STARTERS = [
  "lib/clients/vllm-classify.ts",
  "lib/k6/define-profile.ts",
  "lib/k6/run-header.ts",
  "lib/k6/sla-file.ts",
  "lib/k6/user.ts",
  "lib/workload/prompts.ts",
  "lib/workload/trace-replay.ts",
];

test("transient modules are called while a script starts or once a run", async () => {
  const { metafile, transient } = await bundleProfiles(REPOSITORY);
  const callers = Object.entries(metafile.inputs)
    .filter(([, { imports }]) => imports.some(({ path }) => transient.has(path)))
    .map(([file]) => file)
    .filter((file) => !transient.has(file) && !file.startsWith("scenarios/"));
  expect(callers.sort()).toEqual(STARTERS);
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
    `export const run = () => ${JSON.stringify("x".repeat(MAX_KEPT_BYTES))};`,
    /has \d+ bytes of code that each user keeps; allowed: 40000/,
  ],
  [
    "a constant of a transient module, which is there only while it is called",
    'import { N } from "../lib/transient.ts";\nexport const run = () => N;',
    /lib\/transient\.ts:1: exports N; .* functions only/,
  ],
  [
    "a transient module with a state, which it would forget",
    'import { next } from "../lib/counter.ts";\nexport const run = () => next();',
    /lib\/counter\.ts:1: has a variable, n; a transient module would forget it/,
  ],
  [
    "a mark that is not the first line",
    'import { f } from "../lib/marked-late.ts";\nexport const run = () => f();',
    /lib\/marked-late\.ts:1: the mark is the first line/,
  ],
])("the build refuses %s, and says where", async (_, source, message) => {
  using project = new TemporaryProject()
    .write("scenarios/a.ts", source)
    .write("records/x.ts", "export const x = 1;")
    .write("lib/x.json", "{}")
    .write("lib/transient.ts", "// @transient\nexport const N = 4;")
    .write("lib/counter.ts", "// @transient\nlet n = 0;\nexport function next() { return ++n; }")
    .write("lib/marked-late.ts", "/** A. */\n// @transient\nexport function f() {}");
  await expect(bundleProfiles(project.root)).rejects.toThrow(message);
});

describe("a transient module", () => {
  const BIG = JSON.stringify("x".repeat(MAX_KEPT_BYTES));
  const MODULE = `// @transient
import { one } from "./one.ts";
const TEXT = ${BIG};
export function length(): number {
  return helper() + one();
}
export async function twice(): Promise<number> {
  return 2 * length();
}
function helper(): number {
  return TEXT.length;
}
export function fail(): never {
  throw new Error("on purpose");
}
`;
  const PROFILE = `import { fail, length, twice } from "../lib/a.ts";
export const run = { length, twice, fail };
`;
  const project = () =>
    new TemporaryProject()
      .write("scenarios/a.ts", PROFILE)
      .write("lib/a.ts", MODULE)
      .write("lib/one.ts", "export function one(): number { return 1; }\n");

  test.each(["\n", "\r\n"])("may be big, and works as any other (lines end in %j)", async (end) => {
    using temporary = project().write("lib/a.ts", MODULE.replaceAll("\n", end));
    await buildProfiles(temporary.root);
    const { run } = await import(pathToFileURL(join(temporary.root, "dist/a.js")).href);
    expect(run.length()).toBe(MAX_KEPT_BYTES + 1);
    await expect(run.twice()).resolves.toBe(2 * (MAX_KEPT_BYTES + 1));
  });

  test("has no function in the scope that each user makes but those that make it", async () => {
    using temporary = project();
    const { outputFiles } = await bundleProfiles(temporary.root);
    const text = outputFiles.find(({ path }) => path.endsWith("a.js"))?.text ?? "";
    const start = text.slice(0, text.indexOf("xxx"));
    expect(start).toMatch(/=\(\)=>\{let \w+="$/);
    const end = text.slice(text.lastIndexOf("xxx"));
    // Declared after that text: all in the function that it is in, and none after its end.
    expect(end.indexOf("function ")).toBeGreaterThan(0);
    expect(end.lastIndexOf("function ")).toBeLessThan(end.indexOf("return["));
  });

  test("is told by line where it fails", async () => {
    using temporary = project();
    await buildProfiles(temporary.root);
    const file = join(temporary.root, "dist/a.js");
    const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, "utf8")));
    const text = readFileSync(file, "utf8");
    const offset = text.indexOf("new Error");
    const lines = text.slice(0, offset).split("\n");
    const found = map.findEntry(lines.length - 1, lines.at(-1)?.length ?? 0);
    expect(found).toMatchObject({ originalSource: "../lib/a.ts", originalLine: 13 });
  });
});

test("no profiles at all is an error, not an empty success", async () => {
  using project = new TemporaryProject().write("scenarios/readme.md", "");
  await expect(bundleProfiles(project.root)).rejects.toThrow(/no profiles/);
});
