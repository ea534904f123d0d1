import { cpSync, existsSync, readdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { UserError } from "../../lib/core/user-error.ts";
import { unwritable } from "../../records/atomic-file.ts";
import { makeFolder } from "../../records/make-folder.ts";
import { renameOver } from "../../records/rename-over.ts";
import type { InputFiles } from "../find-inputs.ts";

/** What a baseline's folder holds, as a suite's does: so it is one that `--baseline` and `tradeoff report` take. */
const ROOMS: readonly string[] = ["runs", "quality"];

/**
 * Copies the runs and quality that were judged into a folder, in place of the baseline that is there: the copy is made beside
 * it first, so that a failure leaves the old one.
 *
 * @throws UserError where the folder holds something else, or results, or can't be written
 */
export function saveBaseline(files: InputFiles, directory: string): void {
  const target = resolve(directory);
  refuseOthers(target, files);
  const [fresh, old] = [`${target}.${process.pid}.new`, `${target}.${process.pid}.old`];
  try {
    makeFolder(dirname(target));
  } catch (cause) {
    throw unwritable(target, cause);
  }
  try {
    for (const { records, directory: run } of files.runs) copyRun(run ?? records, fresh);
    for (const quality of files.qualities) {
      copyFolder(dirname(quality), join(fresh, "quality", basename(dirname(quality))));
    }
    if (existsSync(target)) renameOver(target, old);
    renameOver(fresh, target);
  } catch (cause) {
    if (existsSync(old) && !existsSync(target)) renameOver(old, target);
    throw unwritable(target, cause);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

function refuseOthers(target: string, { runs, qualities }: InputFiles): void {
  if (!existsSync(target)) return;
  const inTarget = realpathSync.native(target) + sep;
  const sources = [...runs.map(({ records }) => records), ...qualities];
  if (sources.some((source) => realpathSync.native(source).startsWith(inTarget))) {
    throw new UserError("bad-input", `--save-baseline: ${target} holds the results themselves`);
  }
  if (!statSync(target).isDirectory()) {
    throw new UserError("bad-input", `--save-baseline: ${target} is no folder`);
  }
  const other = readdirSync(target).find((name) => !ROOMS.includes(name));
  if (other !== undefined) {
    throw new UserError(
      "bad-input",
      `--save-baseline: ${target} would be replaced, but holds ${other}: a baseline's folder holds ${ROOMS.join(" and ")} alone`,
    );
  }
}

/** A bare records file becomes a run's folder. */
function copyRun(source: string, fresh: string): void {
  if (statSync(source).isDirectory()) {
    copyFolder(source, join(fresh, "runs", basename(source)));
    return;
  }
  const [name, end] = source.endsWith(".gz") ? [basename(source, ".gz"), ".gz"] : [source, ""];
  const folder = free(join(fresh, "runs", basename(name, ".ndjson")));
  makeFolder(folder);
  cpSync(source, join(folder, `requests.ndjson${end}`));
}

function copyFolder(source: string, target: string): void {
  const folder = free(target);
  makeFolder(dirname(folder));
  cpSync(source, folder, { recursive: true });
}

/** Two suites may have a run of one name. */
function free(path: string): string {
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? path : `${path}-${n}`;
    if (!existsSync(candidate)) return candidate;
  }
}
