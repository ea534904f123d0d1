import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../lib/core/user-error.ts";

/**
 * Names a model by what defines its answers: `sha256:` over the files in order of their names, for each the name, its
 * bytes' count and its bytes (`<name>\0<count>\0<bytes>`). Files are streamed, so weights may be larger than memory.
 *
 * @param names relative to the directory
 */
export async function digestModelFiles(
  directory: string,
  names: readonly string[],
): Promise<string> {
  const hash = createHash("sha256");
  for (const name of [...names].sort()) {
    const path = join(directory, name);
    hash.update(`${name}\0${statSync(path).size}\0`);
    try {
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
        hash.update(chunk);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UserError("bad-input", `can't read ${path}: ${reason}`, { cause });
    }
  }
  return `sha256:${hash.digest("hex")}`;
}
