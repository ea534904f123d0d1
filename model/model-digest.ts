import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { hashFile } from "./hash-file.ts";

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
    await hashFile(hash, path);
  }
  return `sha256:${hash.digest("hex")}`;
}
