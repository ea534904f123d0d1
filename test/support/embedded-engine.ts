import { rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { runEngineCommand } from "./engine-command.ts";
import type { RunScript } from "./script-run.ts";
import { REPOSITORY } from "./temporary-project.ts";

/** The embedded engine's program, built for one test file. */
export interface EmbeddedEngine {
  /** Its file, to be run as `node <program> <script> <console file>`. */
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
    run: (script, settings, { environment = {}, ...options } = {}) =>
      runEngineCommand(process.execPath, (consoleFile) => [program, script, consoleFile], {
        ...options,
        environment: { ...environment, ...settings },
      }),
    remove: () => rmSync(program),
  };
}
