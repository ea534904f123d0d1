import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { REPOSITORY, TemporaryProject } from "../support/temporary-project.ts";

/** What each room may import beside itself: the table of CONTRIBUTING.md. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "lib/core": [],
  "lib/clients": ["lib/core"],
  "lib/workload": ["lib/core"],
  "lib/k6": ["lib/core", "lib/clients", "lib/workload"],
  scenarios: ["lib/k6", "lib/workload"],
  records: ["lib/core"],
  runner: ["lib/core", "records", "runner/embedded"],
  "runner/embedded": ["lib/core", "records"],
  model: ["lib/core"],
  "ppl-runner": ["lib/core", "lib/clients", "records", "model"],
  "model-server": ["lib/core", "records", "model"],
  dataset: ["lib/core", "lib/workload", "records", "model"],
  merger: ["lib/core", "records"],
  suite: [
    "lib/core",
    "records",
    "runner",
    "runner/embedded",
    "model",
    "ppl-runner",
    "model-server",
    "merger",
  ],
  cli: [
    "lib/core",
    "lib/clients",
    "lib/workload",
    "records",
    "runner",
    "runner/embedded",
    "model",
    "ppl-runner",
    "model-server",
    "dataset",
    "merger",
    "suite",
  ],
};
const ROOMS = Object.keys(ALLOWED).sort((a, b) => b.length - a.length);

/** The innermost room that a file lies in. */
function roomOf(file: string): string | undefined {
  return ROOMS.find((room) => file.startsWith(`${room}/`));
}

function sourcesOf(root: string, room: string): string[] {
  return readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
    .map((file) => posix.join(room, file.replaceAll("\\", "/")))
    .filter((file) => /\.ts$/.test(file) && !file.endsWith(".d.ts") && roomOf(file) === room);
}

/** Imports between rooms that the table does not allow, as esbuild resolves them, used or not. */
async function violations(root: string, room: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: sourcesOf(root, room),
    outdir: "unused",
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    packages: "external",
    external: ["k6", "k6/*"],
    loader: { ".hbs": "text", ".css": "text" },
    logLevel: "silent",
  });
  const allowed = [room, ...(ALLOWED[room] ?? [])];
  return Object.entries(metafile.inputs)
    .filter(([file]) => roomOf(file) === room)
    .flatMap(([file, { imports }]) =>
      imports
        .filter(({ external }) => external !== true)
        .filter(({ path }) => !allowed.includes(roomOf(path) ?? ""))
        .map(({ path }) => `${file} -> ${path}`),
    );
}

describe.each(Object.keys(ALLOWED))("%s", (room) => {
  test("imports what the table allows, and nothing else", async () => {
    expect(sourcesOf(REPOSITORY, room).length).toBeGreaterThan(0);
    expect(await violations(REPOSITORY, room)).toEqual([]);
  });

  test("has the same rule in its project references, which bind type imports too", () => {
    const config = join(REPOSITORY, room, "tsconfig.json");
    const { references = [] }: { references?: { path: string }[] } = JSON.parse(
      readFileSync(config, "utf8"),
    );
    const referenced = references.map(({ path }) => posix.join(room, path));
    expect(referenced.sort()).toEqual([...(ALLOWED[room] ?? [])].sort());
  });
});

test("canary: a planted import against the rule is found", async () => {
  using project = new TemporaryProject()
    .write("lib/core/a.ts", 'import { b } from "../../records/b.ts";\nexport const a = b;\n')
    .write("lib/core/fine.ts", 'import { a } from "./a.ts";\nexport const fine = a;\n')
    .write("records/b.ts", "export const b = 1;\n");
  expect(await violations(project.root, "lib/core")).toEqual(["lib/core/a.ts -> records/b.ts"]);
});

test("every folder of TypeScript is a room, or holds no code of the product", () => {
  const others = ["bench", "build", "data", "dist", "docs", "examples", "node_modules", "test"];
  const folders = readdirSync(REPOSITORY, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !/^\./.test(entry.name))
    .map(({ name }) => name)
    .filter((name) => existsSync(join(REPOSITORY, name, "tsconfig.json")) || name === "lib");
  const unknown = folders.filter(
    (name) => !others.includes(name) && !ROOMS.some((room) => room.split("/")[0] === name),
  );
  expect(unknown).toEqual([]);
});
