import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, isAbsolute, resolve } from "node:path";
import { UserError } from "../lib/core/user-error.ts";

/** A bundled profile, ready for k6 or the embedded engine. */
export interface Bundle {
  readonly profile: string;
  /** Absolute path. */
  readonly path: string;
  /** `sha256:...` of the file. */
  readonly digest: string;
}

/**
 * Finds a bundle by the name of its profile (`chat-50vu` -> `<distDirectory>/chat-50vu.js`) or by its path.
 *
 * @throws UserError naming the profiles there are
 */
export function findBundle(nameOrPath: string, distDirectory: string): Bundle {
  const path = looksLikePath(nameOrPath)
    ? resolve(nameOrPath)
    : resolve(distDirectory, `${nameOrPath}.js`);
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new UserError(
      "bad-input",
      `no profile "${nameOrPath}": ${path} is not there; profiles: ${profileNames(distDirectory).join(", ")} (or the path of a bundle)`,
    );
  }
  if (!/\.m?[jt]s$/.test(path)) {
    throw new UserError(
      "bad-input",
      `${path}: found no bundle, allowed: a .js file, as npm run build makes of a profile`,
    );
  }
  const digest = createHash("sha256").update(readFileSync(path)).digest("hex");
  return { profile: basename(path).replace(/\.js$/, ""), path, digest: `sha256:${digest}` };
}

function looksLikePath(nameOrPath: string): boolean {
  return isAbsolute(nameOrPath) || /[\\/]|\.js$/.test(nameOrPath);
}

function profileNames(distDirectory: string): string[] {
  if (!existsSync(distDirectory)) return [];
  return readdirSync(distDirectory)
    .filter((name) => name.endsWith(".js"))
    .map((name) => name.slice(0, -".js".length));
}
