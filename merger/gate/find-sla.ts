import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type NamedSla, noSla, parseSla } from "../../lib/core/sla.ts";
import { UserError } from "../../lib/core/user-error.ts";

/**
 * Reads the service level that `--sla` asks for: `none`, the name of a file under `thresholds/`, or a path.
 *
 * @throws UserError where there is no such file, or it is no service level
 */
export function findSla(reference: string, thresholdsDirectory: string): NamedSla {
  if (reference === "none") return { name: null, sla: noSla() };
  const isPath = /[\\/]|\.json$/.test(reference);
  const path = isPath ? resolve(reference) : join(thresholdsDirectory, `${reference}.json`);
  if (!existsSync(path)) {
    throw new UserError(
      "bad-input",
      `--sla: no service level "${reference}": ${path} is not there; allowed: none, ${namesIn(thresholdsDirectory).join(", ")}, or a path`,
    );
  }
  return { name: reference, sla: parseSla(readFileSync(path, "utf8"), path) };
}

function namesIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json") && !name.endsWith(".schema.json"))
    .map((name) => basename(name, ".json"))
    .sort();
}
