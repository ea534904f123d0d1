import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { UserError } from "../lib/core/user-error.ts";

/** `sha256:` and the digest of a file's bytes. @throws UserError where it can't be read */
export async function digestFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      hash.update(chunk);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError("bad-input", `can't read ${path}: ${reason}`, { cause });
  }
  return `sha256:${hash.digest("hex")}`;
}
