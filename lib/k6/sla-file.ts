import { type NamedSla, noSla, parseSla } from "../core/sla.ts";
import { UserError } from "../core/user-error.ts";
import type { OpenFile } from "./open-file.ts";

/**
 * Opens the SLA that `SLA` asks for: `none`, an absolute path, or a name under `thresholds/` beside the folder of the
 * scenario or bundle.
 *
 * @throws UserError where there is no such file, or it is no SLA
 */
export function loadSla(reference: string, openFile: OpenFile): NamedSla {
  if (reference === "none") return { name: null, sla: noSla() };
  const isPath = /[\\/]/.test(reference);
  const path = isPath ? reference : `../thresholds/${reference}.json`;
  let text: string;
  try {
    text = openFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(
      "bad-input",
      `SLA: found "${reference}", allowed: none, an absolute path, or the name of a file under thresholds/ (${reason})`,
      { cause },
    );
  }
  return { name: reference, sla: parseSla(text, path) };
}
