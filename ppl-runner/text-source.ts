import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { UserError } from "../lib/core/user-error.ts";

export interface TextSource {
  readonly file: string;
  readonly text: string;
  readonly bytes: number;
  readonly digest: string;
}

/** V8's longest string holds 2^29 - 24 units. */
const MAX_BYTES = 2 ** 29 - 24;

/** @throws UserError for a file that is missing, empty or not UTF-8 */
export function readTextSource(file: string): TextSource {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) throw new UserError("bad-input", `no text file ${file}`);
  if (!found.isFile())
    throw new UserError("bad-input", `${file} is no file; expected a UTF-8 text`);
  if (found.size > MAX_BYTES) {
    throw new UserError(
      "bad-input",
      `${file} has ${found.size} bytes; at most ${MAX_BYTES} can be read`,
    );
  }
  const content = readText(file);
  if (content.length === 0) {
    throw new UserError("bad-input", `${file} is empty; expected a text of at least 2 tokens`);
  }
  return {
    file,
    text: decode(file, content),
    bytes: content.length,
    digest: `sha256:${createHash("sha256").update(content).digest("hex")}`,
  };
}

function readText(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError("bad-input", `can't read ${file}: ${reason}`, { cause });
  }
}

function decode(file: string, content: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch (cause) {
    throw new UserError(
      "bad-input",
      `${file} is not UTF-8; expected a UTF-8 text (iconv -f latin1 -t utf-8 converts Latin-1)`,
      { cause },
    );
  }
}
