import type { StreamContent, StreamEvent } from "../core/stream-protocol.ts";
import { isObject, type JsonObject, listIn, objectIn, textIn } from "./json.ts";
import { parseOpenAiEvent } from "./openai-event.ts";

/**
 * One event of a chat stream, as vLLM, SGLang, TGI, llama.cpp and OpenAI send it: a role delta (content empty or null),
 * then content deltas.
 */
export function parseChatEvent(data: string): StreamEvent {
  return parseOpenAiEvent(data, contentOf);
}

/** A delta with text of several kinds counts as the one nearest to what the user waits for. */
function contentOf(choice: JsonObject): StreamContent | null {
  const delta = objectIn(choice, "delta");
  if (delta === undefined) return null;
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
