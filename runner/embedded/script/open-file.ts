import { readFileSync } from "node:fs";
import path from "node:path";
import { HostError } from "./host-error.ts";

/** k6's `open`: relative to the script's folder, text or (mode "b") bytes. */
export function createOpenFile(bundlePath: string): (file: string, mode?: string) => unknown {
  const folder = path.dirname(path.resolve(bundlePath));
  return (file, mode) => {
    const absolute = path.resolve(folder, file.replace(/^file:\/\//, ""));
    let bytes: Buffer;
    try {
      bytes = readFileSync(absolute);
    } catch (error) {
      const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
      const reason = error instanceof Error ? error.message : String(error);
      throw new HostError(`stat ${absolute}: ${isMissing ? "no such file or directory" : reason}`);
    }
    if (mode !== "b") return bytes.toString("utf8");
    return new Uint8Array(bytes).buffer;
  };
}
