import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { UserError } from "../lib/core/user-error.ts";

/** What there is to merge: records files with the run file beside them (if any), and quality files. */
export interface InputFiles {
  readonly runs: readonly { readonly records: string; readonly directory: string | null }[];
  readonly qualities: readonly string[];
}

const RECORDS_NAMES = ["requests.ndjson.gz", "requests.ndjson"];

/**
 * Finds runs and quality under the given folders (a suite's, a run's, a quality's) and files (bare records). What is named
 * twice, as itself and by its suite, is found once.
 *
 * @throws UserError where an input is not there, or nothing can be reported on
 */
export function findInputs(inputs: readonly string[]): InputFiles {
  const runs = new Map<string, { records: string; directory: string | null }>();
  const qualities = new Set<string>();
  for (const input of inputs) {
    if (!existsSync(input)) throw new UserError("bad-input", `no results at ${resolve(input)}`);
    const path = realpathSync(input);
    const isFile = statSync(path).isFile();
    // A run's own folder says more than its bare records do.
    for (const run of isFile ? [{ records: path, directory: null }] : runsIn(path)) {
      if (run.directory !== null || !runs.has(run.records)) runs.set(run.records, run);
    }
    for (const file of isFile ? [] : qualitiesIn(path)) qualities.add(file);
  }
  if (runs.size + qualities.size === 0) {
    throw new UserError(
      "bad-input",
      `nothing to report on in ${inputs.join(", ")}: looked for runs/<id>/${RECORDS_NAMES.join(" or ")} and quality/<id>/quality.json`,
    );
  }
  return { runs: [...runs.values()], qualities: [...qualities] };
}

function runsIn(directory: string): { records: string; directory: string }[] {
  const records = RECORDS_NAMES.map((name) => join(directory, name)).find((path) =>
    existsSync(path),
  );
  if (records !== undefined) return [{ records, directory }];
  // A run that was killed before its first record: its run file says so.
  if (existsSync(join(directory, "run.json"))) {
    return [{ records: join(directory, "requests.ndjson"), directory }];
  }
  return subdirectories(join(directory, "runs")).flatMap(runsIn);
}

function qualitiesIn(directory: string): string[] {
  const file = join(directory, "quality.json");
  if (existsSync(file)) return [file];
  return subdirectories(join(directory, "quality")).flatMap(qualitiesIn);
}

function subdirectories(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !basename(entry.name).startsWith("."))
    .map((entry) => join(directory, entry.name))
    .sort();
}
