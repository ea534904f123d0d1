import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository that this file lies in. */
export const REPOSITORY = dirname(dirname(fileURLToPath(import.meta.url)));

/** What runs in Node: file in `.build/` (without `.js`) to source. */
export const NODE_ENTRIES = {
  cli: "cli/main.ts",
  "embedded-engine": "runner/embedded-process.ts",
  "model-server-worker": "model-server/worker.ts",
};

/** Folders whose TypeScript ends up in the bundles of Node. */
export const NODE_ROOMS = [
  "cli",
  "dataset",
  "lib",
  "merger",
  "model",
  "model-server",
  "ppl-runner",
  "records",
  "runner",
  "suite",
];

/** Folders whose TypeScript ends up in the bundles of k6. */
export const PROFILE_ROOMS = ["scenarios", "lib"];
