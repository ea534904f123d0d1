import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { NO_SLA, parseSla, type Sla } from "../../lib/core/sla.ts";
import { UserError } from "../../lib/core/user-error.ts";

/** A service level and the name it goes by; `null`: none was asked for, so its floors alone hold. */
export interface NamedSla {
  readonly name: string | null;
  readonly sla: Sla;
}

/**
 * Reads a service level: `none`, the name of a file under `thresholds/`, or a path.
 *
 * @param wanted who asks for it, for messages
 * @throws UserError where there is no such file, or it is no service level
 */
export function findSla(reference: string, thresholdsDirectory: string, wanted: string): NamedSla {
  if (reference === "none") return { name: null, sla: NO_SLA };
  const isPath = /[\\/]|\.json$/.test(reference);
  const path = isPath ? resolve(reference) : join(thresholdsDirectory, `${reference}.json`);
  if (!existsSync(path)) {
    throw new UserError(
      "bad-input",
      `${wanted}: no service level "${reference}": ${path} is not there; allowed: none, ${namesIn(thresholdsDirectory).join(", ")}, or a path (--sla)`,
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
