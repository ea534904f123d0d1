import { randomBytes } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  readdirSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { unwritable, writeJsonAtomic } from "../records/atomic-file.ts";
import { makeFolder } from "../records/make-folder.ts";
import type { RunFile } from "../records/run.ts";

/** One `runs/<id>/` and the files in it. */
export interface RunFolder {
  readonly id: string;
  readonly directory: string;
  readonly records: string;
  readonly summary: string;
}

/**
 * Makes the folder of a new run; its id sorts by time and never collides.
 *
 * @throws UserError where the place can't be written
 */
export function createRunFolder(outDirectory: string, profile: string, now: Date): RunFolder {
  const stamp = now.toISOString().replace(/[-:]/g, "").replace(/\..*$/, "Z");
  const id = `${stamp}-${profile}-${randomBytes(3).toString("hex")}`;
  const directory = resolve(outDirectory, "runs", id);
  try {
    makeFolder(directory);
  } catch (cause) {
    throw unwritable(directory, cause);
  }
  return {
    id,
    directory,
    records: join(directory, "requests.ndjson"),
    summary: join(directory, "summary.json"),
  };
}

/** Replaces `run.json`. */
export function writeRunFile(folder: RunFolder, run: RunFile): void {
  writeJsonAtomic(join(folder.directory, "run.json"), run);
}

/** Compresses the records of a run that is over; the plain file goes once the other is whole. */
export async function compressRecords(folder: RunFolder): Promise<void> {
  if (!existsSync(folder.records)) return;
  await pipeline(
    createReadStream(folder.records),
    createGzip(),
    createWriteStream(`${folder.records}.gz`),
  );
  rmSync(folder.records);
}

/** Takes back the folder of a run that never began, and those above it that hold nothing else. */
export function removeRunFolder(folder: RunFolder): void {
  rmSync(folder.directory, { recursive: true, force: true });
  for (const path of [dirname(folder.directory), dirname(dirname(folder.directory))]) {
    if (existsSync(path) && readdirSync(path).length === 0) rmdirSync(path);
  }
}
