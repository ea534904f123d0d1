import { createHash } from "node:crypto";
import { hashFile } from "../model/hash-file.ts";

/** `sha256:` and the digest of a file's bytes. @throws UserError where it can't be read */
export async function digestFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await hashFile(hash, path);
  return `sha256:${hash.digest("hex")}`;
}
