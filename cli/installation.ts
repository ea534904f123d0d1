import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** Where the parts of this installation are. The command is bundled to `<root>/.build/cli.js`. */
export interface Installation {
  readonly root: string;
  readonly version: string;
  readonly distDirectory: string;
  /** Entry file of the embedded engine's process. */
  readonly embeddedEntry: string;
  /** Entry file of this command, for starting itself as a server process. */
  readonly commandEntry: string;
}

const packageSchema = z.object({ version: z.string() });

export function findInstallation(): Installation {
  const commandEntry = fileURLToPath(import.meta.url);
  const buildDirectory = dirname(commandEntry);
  const root = dirname(buildDirectory);
  const { version } = packageSchema.parse(
    JSON.parse(readFileSync(join(root, "package.json"), "utf8")),
  );
  return {
    root,
    version,
    distDirectory: join(root, "dist"),
    embeddedEntry: join(buildDirectory, "embedded-engine.js"),
    commandEntry,
  };
}
