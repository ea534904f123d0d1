import { renameSync } from "node:fs";

/** What Windows answers while a virus scanner, an indexer or a reader has either file open. */
const HELD = new Set(["EPERM", "EACCES", "EBUSY"]);
const PAUSE_MS = 20;
const TRIES = 50;

/**
 * Renames a file or folder over what is there. Where Windows refuses because somebody has it open just then, it is tried
 * again for a second; elsewhere an open file is no obstacle, and a refusal is final.
 *
 * @throws what the system says where it can't be done
 */
export function renameOver(
  from: string,
  to: string,
  { isWindows = process.platform === "win32", rename = renameSync } = {},
): void {
  for (let tries = 1; ; tries += 1) {
    try {
      rename(from, to);
      return;
    } catch (error) {
      if (!isWindows || tries === TRIES || !isHeld(error)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}

function isHeld(error: unknown): boolean {
  return error instanceof Error && "code" in error && HELD.has(String(error.code));
}
