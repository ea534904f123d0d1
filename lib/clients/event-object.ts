import { parseJson } from "../core/parse-json.ts";
import type { StreamEvent } from "../core/stream-protocol.ts";
import { isObject, type JsonObject, textIn } from "./json.ts";

/**
 * Reads an event that is a JSON object, as all but end markers are.
 *
 * @param read reads an object that is no error
 */
export function parseEventObject(
  data: string,
  read: (json: JsonObject) => StreamEvent,
): StreamEvent {
  return parseEventJson(data, (json) =>
    isObject(json) ? read(json) : malformed("not a JSON object", data),
  );
}

/**
 * Reads an event that is JSON. What all servers share is told here: `null` and an event without data (a comment line,
 * such as a ping) say nothing, and errors come as `{"error": ...}`, mostly with status 200.
 *
 * @param read reads a value that is no error
 */
export function parseEventJson(data: string, read: (json: unknown) => StreamEvent): StreamEvent {
  if (data === "") return { kind: "nothing" };
  const json = parseJson(data);
  if (json === null) return { kind: "nothing" };
  const error = isObject(json) ? json["error"] : undefined;
  if (error !== undefined && error !== null) return { kind: "error", message: errorMessage(error) };
  return read(json);
}

/** What is wrong with an event, and what it is. */
export function malformed(problem: string, data: string): StreamEvent {
  return { kind: "malformed", message: `${problem}: ${data}` };
}

function errorMessage(error: unknown): string {
  if (typeof error === "string") return error;
  const message = isObject(error) ? textIn(error, "message") : undefined;
  return message ?? JSON.stringify(error);
}
