import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Stock k6 resolves `k6/x/sse` by asking a build service, which takes its time at the first use. */
const PROBE_TIMEOUT_MS = 60_000;

export type K6Search =
  | { readonly kind: "usable"; readonly path: string; readonly version: string }
  | { readonly kind: "unusable"; readonly path: string; readonly reason: string }
  | { readonly kind: "missing"; readonly reason: string };

/**
 * Looks for a k6 that can stream: `K6_BIN` first, then PATH. A binary counts as usable when it can load the bundle
 * (`k6 inspect`), which it can't without `k6/x/sse`.
 */
export async function findK6(
  bundlePath: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<K6Search> {
  const named = env["K6_BIN"];
  const path = named ?? onPath("k6", env["PATH"] ?? "");
  if (path === undefined) return { kind: "missing", reason: "no k6 on PATH and K6_BIN is not set" };
  try {
    const { stdout } = await run(path, ["version"], { timeout: PROBE_TIMEOUT_MS });
    const version =
      stdout
        .split("\n")[0]
        ?.replace(/\s*\(go.*$/, "")
        .trim() ?? "k6";
    await run(path, ["inspect", bundlePath], {
      timeout: PROBE_TIMEOUT_MS,
      // Enough for setup-free loading: `inspect` runs the init code only.
      env: { ...env, BASE_URL: "http://127.0.0.1:1", MODEL: "probe" },
    });
    return { kind: "usable", path, version };
  } catch (error) {
    return { kind: "unusable", path, reason: firstLine(error) };
  }
}

function onPath(name: string, searchPath: string): string | undefined {
  // A .cmd would need a shell between, which takes a Ctrl-C for itself.
  const file = process.platform === "win32" ? `${name}.exe` : name;
  for (const directory of searchPath.split(delimiter).filter(Boolean)) {
    const path = join(directory, file);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here: the next folder.
    }
  }
  return undefined;
}

function firstLine(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stderr = "stderr" in error && typeof error.stderr === "string" ? error.stderr : "";
  const line = (stderr || error.message).split("\n").find((text) => text.trim() !== "") ?? "";
  return line.slice(0, 300);
}
