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
  readonly serverSamples: string;
  /** The topmost folder that was made for it. */
  readonly firstMade: string;
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
  let firstMade: string;
  try {
    firstMade = makeFolder(directory) ?? directory;
  } catch (cause) {
    throw unwritable(directory, cause);
  }
  return {
    id,
    directory,
    records: join(directory, "requests.ndjson"),
    summary: join(directory, "summary.json"),
    serverSamples: join(directory, "server.ndjson"),
    firstMade,
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

/** Takes back a run that never began, and the folders that were made for it unless something else is in them by now. */
export function removeRunFolder({ directory, firstMade }: RunFolder): void {
  rmSync(directory, { recursive: true, force: true });
  for (let path = directory; path !== firstMade; ) {
    path = dirname(path);
    if (readdirSync(path).length > 0) return;
    rmdirSync(path);
  }
}
