import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build } from "esbuild";
import { bundleProblems, isK6Module, keptBytes } from "./bundle-rules.mjs";
import { NODE_ENTRIES } from "./entries.mjs";
import { wrapTransientModules } from "./transient-modules.mjs";

/** A build that can't be done as things are; its message is for the person at the terminal. */
export class BuildError extends Error {}

/** Names of the profiles under `scenarios/`, sorted. */
export function profileNames(root) {
  const folder = join(root, "scenarios");
  if (!existsSync(folder)) throw new BuildError(`no folder ${folder}`);
  return readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => basename(name, ".ts"))
    .sort();
}

/**
 * Bundles every profile, in memory.
 *
 * @returns esbuild's result, with its metafile, and the files whose functions no user keeps
 */
export async function bundleProfiles(root) {
  const names = profileNames(root);
  if (names.length === 0) throw new BuildError(`no profiles in ${join(root, "scenarios")}`);
  const transient = new Set();
  const result = await bundle({
    ...shared(root),
    entryPoints: names.map((name) => `scenarios/${name}.ts`),
    outdir: "dist",
    platform: "neutral",
    target: "es2022",
    // Stacks are readable by the source map.
    minify: true,
    // k6's engine has neither.
    supported: { "async-generator": false, "for-await": false },
    plugins: [onlyK6, wrapTransientModules(transient)],
  });
  const problems = bundleProblems(result.metafile, transient);
  if (problems.length > 0) throw new BuildError(problems.join("\n"));
  return { ...result, transient };
}

/**
 * Bundles every profile to `dist/<name>.js` with its source map. Nothing is written unless all are good.
 *
 * @returns the files written, with their sizes, and how much of it each user of k6 keeps
 */
export async function buildProfiles(root) {
  const { outputFiles, metafile, transient } = await bundleProfiles(root);
  const written = writeAll(outputFiles);
  removeStale(join(root, "dist"), profileNames(root));
  return written.map(({ path, bytes }) => {
    const output = metafile.outputs[`dist/${basename(path)}`];
    return { path, bytes, keptBytes: keptBytes(output, transient) };
  });
}

/** Bundles what runs in Node to `.build/`; npm packages stay outside. */
export async function buildNodeEntries(root) {
  const missing = Object.values(NODE_ENTRIES).filter((source) => !existsSync(join(root, source)));
  if (missing.length > 0) throw new BuildError(`no such file: ${missing.join(", ")}`);
  const result = await bundle({
    ...shared(root),
    entryPoints: NODE_ENTRIES,
    outdir: ".build",
    platform: "node",
    target: "node20",
    packages: "external",
    loader: { ".hbs": "text", ".css": "text" },
  });
  return writeAll(result.outputFiles);
}

function shared(root) {
  return {
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    charset: "utf8",
    sourcemap: true,
    metafile: true,
    write: false,
    logLevel: "silent",
  };
}

/** Refuses an import that is neither a file of ours nor k6's, with the name of the file that has it. */
const onlyK6 = {
  name: "only-k6",
  setup(build) {
    build.onResolve({ filter: /^[^.]/ }, ({ path, kind }) => {
      if (kind === "entry-point") return undefined;
      if (isK6Module(path)) return { path, external: true };
      const text = `imports "${path}"; a profile may import k6, k6/* and files of lib/ only`;
      return { errors: [{ text }] };
    });
  },
};

async function bundle(options) {
  try {
    return await build(options);
  } catch (error) {
    throw new BuildError((error.errors ?? []).map(describe).join("\n") || error.message);
  }
}

function describe({ text, location }) {
  return location === null ? text : `${location.file}:${location.line}: ${text}`;
}

/** Each file whole or not at all: to a temporary name, then renamed. */
function writeAll(files) {
  return files.map(({ path, contents }) => {
    try {
      mkdirSync(dirname(path), { recursive: true });
      writeWhole(path, contents);
    } catch (error) {
      throw new BuildError(`can't write ${path}: ${error.message}`);
    }
    return { path, bytes: contents.byteLength };
  });
}

function writeWhole(path, contents) {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(temporary, contents);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Bundles of profiles that are gone must not be run by mistake. */
function removeStale(dist, names) {
  for (const file of readdirSync(dist)) {
    const name = /^(.*)\.js(\.map)?$/.exec(file)?.[1];
    if (name !== undefined && !names.includes(name)) rmSync(join(dist, file));
  }
}
