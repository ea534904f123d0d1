import { parseJson } from "../core/parse-json.ts";
import type { Usage } from "../core/request-record.ts";
import type { StreamContent, StreamEvent } from "../core/stream-protocol.ts";
import { countIn, isObject, type JsonObject, listIn, objectIn, textIn } from "./json.ts";

const SHOWN_CHARS = 200;

/**
 * One event of a chat stream, as vLLM, TGI, llama.cpp and OpenAI send it: a role delta (content empty or null), content
 * deltas, a `finish_reason` on the last choice, a usage chunk with empty `choices`, or `{"error": ...}`.
 */
export function parseChatEvent(data: string): StreamEvent {
  const json = parseJson(data);
  if (json === null) return { kind: "nothing" };
  if (!isObject(json)) {
    return { kind: "malformed", message: `not a JSON object: ${data.slice(0, SHOWN_CHARS)}` };
  }
  if (json["error"] !== undefined && json["error"] !== null) {
    return { kind: "error", message: errorMessage(json["error"]) };
  }
  const choices = listIn(json, "choices");
  if (choices === undefined) {
    return { kind: "malformed", message: `no choices: ${data.slice(0, SHOWN_CHARS)}` };
  }
  const choice = choices[0];
  const usage = usageOf(objectIn(json, "usage"));
  const delta = isObject(choice) ? objectIn(choice, "delta") : undefined;
  return {
    kind: "chunk",
    hasChoices: choices.length > 0,
    content: delta === undefined ? null : contentOf(delta),
    finishReason: isObject(choice) ? (textIn(choice, "finish_reason") ?? null) : null,
    usage,
    tokensSoFar: usage?.completionTokens ?? null,
  };
}

/** A delta with text of several kinds counts as the one nearest to what the user waits for. */
function contentOf(delta: JsonObject): StreamContent | null {
  const visible = textIn(delta, "content");
  if (visible !== undefined) return { kind: "visible", text: visible };
  const tool = toolText(listIn(delta, "tool_calls"));
  if (tool !== "") return { kind: "tool", text: tool };
  // vLLM renamed the field; both are in the field.
  const reasoning = textIn(delta, "reasoning_content") ?? textIn(delta, "reasoning");
  return reasoning === undefined ? null : { kind: "reasoning", text: reasoning };
}

function toolText(calls: readonly unknown[] | undefined): string {
  let text = "";
  for (const call of calls ?? []) {
    const called = isObject(call) ? objectIn(call, "function") : undefined;
    if (called !== undefined) {
      text += (textIn(called, "name") ?? "") + (textIn(called, "arguments") ?? "");
    }
  }
  return text;
}

function usageOf(usage: JsonObject | undefined): Usage | null {
  if (usage === undefined) return null;
  const promptTokens = countIn(usage, "prompt_tokens");
  const completionTokens = countIn(usage, "completion_tokens");
  if (promptTokens === undefined || completionTokens === undefined) return null;
  const details = objectIn(usage, "prompt_tokens_details");
  const cachedTokens = details === undefined ? undefined : countIn(details, "cached_tokens");
  return { promptTokens, completionTokens, cachedTokens: cachedTokens ?? null };
}

function errorMessage(error: unknown): string {
  if (typeof error === "string") return error;
  const message = isObject(error) ? textIn(error, "message") : undefined;
  return message ?? JSON.stringify(error);
}
