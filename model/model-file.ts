import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../lib/core/user-error.ts";

/** A JSON file of a model directory, read but not yet understood. */
export interface ModelFile {
  readonly path: string;
  readonly value: unknown;
  /** A complaint about this file. */
  readonly error: (what: string) => UserError;
}

/**
 * @throws UserError where the file is missing or isn't JSON
 */
export function readModelFile(directory: string, name: string): ModelFile {
  const file = readOptionalModelFile(directory, name);
  if (file === null) throw missingModelFile(directory, name);
  return file;
}

/**
 * As `readModelFile`, but `null` where there is no such file.
 *
 * @throws UserError where the file isn't JSON
 */
export function readOptionalModelFile(directory: string, name: string): ModelFile | null {
  const path = join(directory, name);
  const text = readOptionalText(path);
  if (text === null) return null;
  const error = (what: string): UserError => new UserError("bad-input", `${path} ${what}`);
  try {
    return { path, value: JSON.parse(text), error };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const found = text.trim() === "" ? "is empty" : `isn't JSON (${reason})`;
    throw new UserError("bad-input", `${path} ${found}; cut short, perhaps?`, { cause });
  }
}

/** The text of a file, `null` where there is none. */
export function readOptionalText(path: string): string | null {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return null;
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError("bad-input", `can't read ${path}: ${reason}`, { cause });
  }
}

/** @throws UserError naming the file and each wrong field */
export function parseModelFile<T>(file: ModelFile, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(file.value);
  if (!parsed.success) throw file.error(`can't be used:\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

export function missingModelFile(directory: string, name: string): UserError {
  return new UserError(
    "bad-input",
    `${directory} has no ${name}; expected a model directory as \`optimum-cli export onnx\` writes it: ` +
      "model.onnx, config.json, tokenizer.json, tokenizer_config.json",
  );
}
