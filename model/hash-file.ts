import type { Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { UserError } from "../lib/core/user-error.ts";

/**
 * Adds a file's bytes to a hash; it is streamed, so it may be larger than memory.
 *
 * @throws UserError where it can't be read
 */
export async function hashFile(hash: Hash, path: string): Promise<void> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      hash.update(chunk);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError("bad-input", `can't read ${path}: ${reason}`, { cause });
  }
}
