import { readFileSync } from "node:fs";

/** Keys in order, with strings and numbers replaced by their type; `null`, booleans and the shape stay. */
export function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([key, entry]) => [key, shape(entry)]);
  }
  return typeof value === "string" || typeof value === "number" ? typeof value : value;
}

/** The body of a recorded answer without chunk framing. */
export function recordedBody(path: string): string {
  const url = new URL(`../fixtures/${path}`, import.meta.url);
  const text = readFileSync(url, "utf8").replaceAll("\r\n", "\n");
  return text.slice(text.indexOf("\n\n") + 2);
}
