import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";
import { UserError } from "../lib/core/user-error.ts";

/**
 * Reads a JSON file by its schema.
 *
 * @throws UserError naming the file, and each field that is wrong
 */
export function readJson<Schema extends z.ZodType>(path: string, schema: Schema): z.infer<Schema> {
  if (!existsSync(path)) throw new UserError("bad-input", `${path} is not there`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new UserError(
      "bad-input",
      `${path}: not JSON: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    throw new UserError("bad-input", `${path}:\n${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}
