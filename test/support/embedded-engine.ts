import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import type { RunScript } from "./script-run.ts";
import { REPOSITORY, TemporaryProject } from "./temporary-project.ts";

/** The embedded engine's program, built for one test file. */
export interface EmbeddedEngine {
  readonly program: string;
  readonly run: RunScript;
  readonly remove: () => void;
}

export async function buildEmbeddedEngine(): Promise<EmbeddedEngine> {
  // In the repository, so that it finds node_modules.
  const program = join(REPOSITORY, ".build", "test", `embedded-engine-${process.pid}.mjs`);
  await build({
    entryPoints: [join(REPOSITORY, "runner", "embedded-process.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
  });
  return {
    program,
    run: (script, settings, environment = {}) =>
      runEmbedded(program, script, { ...environment, ...settings }),
    remove: () => rmSync(program),
  };
}

function runEmbedded(
  program: string,
  script: string,
  environment: Readonly<Record<string, string>>,
): ReturnType<RunScript> {
  const folder = new TemporaryProject();
  const consoleFile = join(folder.root, "console");
  const options = {
    cwd: folder.root,
    env: { PATH: process.env["PATH"] ?? "", HOME: folder.root, ...environment },
    timeout: 100_000,
    maxBuffer: 1 << 26,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, script, consoleFile], options, (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : error === null ? 0 : -1;
      const text = existsSync(consoleFile) ? readFileSync(consoleFile, "utf8") : "";
      folder[Symbol.dispose]();
      resolve({ code, stdout, stderr, consoleLines: text.split("\n").filter((l) => l !== "") });
    });
  });
}
