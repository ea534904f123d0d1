/**
 * Bundles the traffic profiles to `dist/` and the Node programs to `.build/`. Plain JavaScript, since it must run on a
 * Node that runs no TypeScript, before anything is built.
 */
import { realpathSync, watch } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { BuildError, buildNodeEntries, buildProfiles } from "./bundles.mjs";
import { NODE_ROOMS, PROFILE_ROOMS, REPOSITORY } from "./entries.mjs";

const USAGE = `usage: node build/build.mjs [--watch] [--scenarios-only] [--quiet] [--root <directory>]`;
/** Editors write a file in several steps. */
const SETTLE_MS = 50;

async function main() {
  const options = readOptions();
  const succeeded = await buildOnce(options);
  if (options.watch) watchRooms(options);
  else if (!succeeded) process.exitCode = 1;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        watch: { type: "boolean", default: false },
        "scenarios-only": { type: "boolean", default: false },
        quiet: { type: "boolean", default: false },
        root: { type: "string", default: REPOSITORY },
      },
    });
    return { ...values, root: resolve(values.root) };
  } catch (error) {
    console.error(`build: ${error.message}\n${USAGE}`);
    return process.exit(1);
  }
}

async function buildOnce({ root, quiet, "scenarios-only": scenariosOnly }) {
  const start = performance.now();
  try {
    const written = await buildProfiles(root);
    if (!scenariosOnly) written.push(...(await buildNodeEntries(root)));
    if (!quiet) report(root, written, performance.now() - start);
    return true;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message.replaceAll(/^/gm, "build: "));
    return false;
  }
}

function report(root, written, ms) {
  // As esbuild names what it makes: macOS has its temporary folder behind a link.
  const real = realpathSync(root);
  for (const { path, bytes, keptBytes } of written) {
    if (path.endsWith(".map")) continue;
    const kept =
      keptBytes === undefined ? "" : `, of which each user keeps ${kilobytes(keptBytes)}`;
    console.log(`${relative(real, path)}  ${kilobytes(bytes)}${kept}`);
  }
  console.log(`built in ${Math.round(ms)} ms`);
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** Rebuilds after each change of a source, one build at a time, until Ctrl-C. */
function watchRooms(options) {
  const rooms = new Set(
    options["scenarios-only"] ? PROFILE_ROOMS : [...PROFILE_ROOMS, ...NODE_ROOMS],
  );
  let timer;
  let building = Promise.resolve();
  const rebuild = () => {
    building = building.then(() => buildOnce(options));
  };
  const watchers = [...rooms].map((room) =>
    watch(join(options.root, room), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(rebuild, SETTLE_MS);
    }),
  );
  process.once("SIGINT", () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  });
  if (!options.quiet) console.log("watching; Ctrl-C ends");
}

await main();
