import { createHash } from "node:crypto";
import { createWriteStream, rmSync } from "node:fs";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { unwritable } from "./atomic-file.ts";
import { makeFolder } from "./make-folder.ts";
import { renameOver } from "./rename-over.ts";

/**
 * Writes lines to a file as they come, whole or not at all: to a temporary name beside it, then renamed over it.
 *
 * @returns how many lines, and the SHA-256 of the file
 * @throws UserError where the place can't be written; what making a line throws
 */
export async function writeLinesAtomic(
  path: string,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<{ readonly rows: number; readonly sha256: string }> {
  const temporary = `${path}.${process.pid}.tmp`;
  const hash = createHash("sha256");
  let rows = 0;
  let failure: unknown;
  async function* counted(): AsyncGenerator<string> {
    try {
      for await (const line of lines) {
        const text = `${line}\n`;
        hash.update(text);
        rows += 1;
        yield text;
      }
    } catch (error) {
      failure = error;
      throw error;
    }
  }
  try {
    makeFolder(dirname(path));
    await pipeline(Readable.from(counted()), createWriteStream(temporary));
    renameOver(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    if (failure !== undefined) throw failure;
    throw unwritable(path, cause);
  }
  return { rows, sha256: `sha256:${hash.digest("hex")}` };
}
