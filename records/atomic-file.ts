import { rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UserError } from "../lib/core/user-error.ts";
import { makeFolder } from "./make-folder.ts";
import { renameOver } from "./rename-over.ts";

/**
 * Writes a file whole or not at all: to a temporary name beside it, then renamed over it. Folders are made as needed.
 *
 * @throws UserError where the place can't be written
 */
export function writeFileAtomic(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(path));
  } catch (cause) {
    throw unwritable(path, cause);
  }
  try {
    writeFileSync(temporary, content);
    renameOver(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw unwritable(path, cause);
  }
}

/** As `writeFileAtomic`, for a value as indented JSON with a last newline. */
export function writeJsonAtomic(path: string, value: unknown): void {
  writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** What to tell a person whose output folder can't be written. */
export function unwritable(path: string, cause: unknown): UserError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new UserError("bad-input", `can't write ${path}: ${reason}`, { cause });
}
