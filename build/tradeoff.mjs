#!/usr/bin/env node
/**
 * The `tradeoff` command: builds what is missing or older than its sources, then runs it, so that a fresh clone and a
 * changed source need no build step of their own.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BuildError, buildNodeEntries, buildProfiles } from "./bundles.mjs";
import { REPOSITORY } from "./entries.mjs";
import { isFresh } from "./freshness.mjs";

try {
  if (!isFresh(REPOSITORY)) {
    await Promise.all([buildProfiles(REPOSITORY), buildNodeEntries(REPOSITORY)]);
  }
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message.replaceAll(/^/gm, "tradeoff: "));
  process.exit(1);
}
await import(pathToFileURL(join(REPOSITORY, ".build", "cli.js")).href);
