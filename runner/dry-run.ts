import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../lib/core/user-error.ts";
import { findBundle } from "./bundle.ts";
import { chooseEngine } from "./choose-engine.ts";
import { runEngineProcess } from "./engine-process.ts";
import { exitReason } from "./exit-reason.ts";
import { findMisuse } from "./find-misuse.ts";
import type { Installation } from "./run-profile.ts";

export interface DryRunRequest {
  readonly profile: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly installation: Installation;
}

export interface DryRunResult {
  /** The plan for a person. */
  readonly text: string;
  /** The plan as JSON, with the time of every request of an open loop. */
  readonly json: string;
}

/**
 * What a profile would send, and when, under these settings: the bundle itself says so, so it is the plan of k6 too. Sends
 * nothing, needs no server and leaves nothing behind.
 *
 * @throws UserError on an unknown profile, and on settings or data that can't be used
 */
export async function dryRun({
  profile,
  settings,
  installation,
}: DryRunRequest): Promise<DryRunResult> {
  const bundle = findBundle(profile, installation.distDirectory);
  const engine = await chooseEngine("embedded", bundle.path, process.env, installation.version);
  const folder = mkdtempSync(join(tmpdir(), "dry-run-"));
  try {
    const file = join(folder, "plan.json");
    const logLines: string[] = [];
    const exit = await runEngineProcess({
      engine,
      bundlePath: bundle.path,
      embeddedEntry: installation.embeddedEntry,
      consoleOutput: devNull,
      env: { ...settings, DRY_RUN: "1", SUMMARY_FILE: file },
      onLogLine: (line) => logLines.push(line),
      onInterrupt: () => {},
    });
    const misuse = findMisuse(logLines);
    if (misuse !== undefined) throw misuse;
    if (exit.code !== 0) {
      throw new UserError("bad-input", [exitReason(exit.code), ...logLines].join("\n"));
    }
    return { text: exit.stdout, json: readFileSync(file, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
