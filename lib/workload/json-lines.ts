import { parseJson } from "../core/parse-json.ts";
import { UserError } from "../core/user-error.ts";

/** A JSON object of a data set, whose fields are not checked yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** What is wrong with one line of a data set; who knows the file and the line adds them. */
export class LineError extends Error {}

/**
 * Reads a data set of one JSON object a line; empty lines and a byte order mark are skipped.
 *
 * @param what what a line holds, for the message about a file without any
 * @throws UserError naming the file, the line and the field, or that there is no line at all
 */
export function parseJsonLines<T>(
  jsonl: string,
  file: string,
  what: string,
  parse: (fields: Fields) => T,
): T[] {
  const items: T[] = [];
  for (const [index, line] of jsonl.split("\n").entries()) {
    if (line.trim() === "") continue;
    try {
      items.push(parse(parseLine(index === 0 ? line.replace(/^\ufeff/, "") : line)));
    } catch (error) {
      if (!(error instanceof LineError)) throw error;
      throw new UserError("bad-input", `${file}: line ${index + 1}: ${error.message}`);
    }
  }
  if (items.length === 0) throw new UserError("bad-input", `${file}: found no ${what}`);
  return items;
}

/** @throws LineError where the line is no JSON object */
export function parseLine(line: string): Fields {
  const json = parseJson(line);
  if (isFields(json)) return json;
  throw new LineError(`found ${line.slice(0, 80)}, allowed: a JSON object`);
}

/** @throws LineError where the value is no JSON object */
export function fieldsOf(value: unknown, name: string): Fields {
  if (isFields(value)) return value;
  throw wrong(name, value, "a JSON object");
}

/** @throws LineError where the field is no text, or an empty one */
export function textField(fields: Fields, name: string, path = name): string {
  const value = fields[name];
  if (typeof value === "string" && value !== "") return value;
  throw wrong(path, value, "a text that is not empty");
}

/** `null` where the field is not there. @throws LineError where it is no text */
export function optionalText(fields: Fields, name: string, path = name): string | null {
  return fields[name] === undefined || fields[name] === null ? null : textField(fields, name, path);
}

/** `null` where the field is not there. @throws LineError where it is no number of tokens */
export function optionalCount(fields: Fields, name: string, path = name): number | null {
  const value = fields[name];
  if (value === undefined || value === null) return null;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return value;
  throw wrong(path, value, "a whole number of 1 or more");
}

/** @throws LineError where the field is no list, or an empty one */
export function listField(fields: Fields, name: string): readonly unknown[] {
  const value = fields[name];
  if (Array.isArray(value) && value.length > 0) return value;
  throw wrong(name, value, "a list that is not empty");
}

/** What to say of a field that can't be used. */
export function wrong(path: string, found: unknown, allowed: string): LineError {
  const shown = found === undefined ? "nothing" : JSON.stringify(found).slice(0, 80);
  return new LineError(`${path}: found ${shown}, allowed: ${allowed}`);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
