import type { Usage } from "../core/request-record.ts";
import type { StreamContent, StreamEvent } from "../core/stream-protocol.ts";
import { malformed, parseEventObject } from "./event-object.ts";
import { countIn, isObject, type JsonObject, listIn, objectIn, textIn } from "./json.ts";

/**
 * One event of OpenAI's streams, chat or completions: pieces of text, a `finish_reason` on the last choice, a usage chunk
 * with empty `choices`, or `{"error": ...}`. Of several choices the first is read.
 *
 * @param contentOf the content of a choice
 */
export function parseOpenAiEvent(
  data: string,
  contentOf: (choice: JsonObject) => StreamContent | null,
): StreamEvent {
  return parseEventObject(data, (json) => {
    const choices = listIn(json, "choices");
    if (choices === undefined) return malformed("no choices", data);
    const [choice] = choices;
    const usage = openAiUsage(json);
    return {
      kind: "chunk",
      hasChoices: choices.length > 0,
      content: isObject(choice) ? contentOf(choice) : null,
      finishReason: isObject(choice) ? (textIn(choice, "finish_reason") ?? null) : null,
      usage,
      tokensSoFar: usage?.completionTokens ?? null,
    };
  });
}

function openAiUsage(json: JsonObject): Usage | null {
  const usage = objectIn(json, "usage");
  if (usage === undefined) return null;
  const promptTokens = countIn(usage, "prompt_tokens");
  const completionTokens = countIn(usage, "completion_tokens");
  if (promptTokens === undefined || completionTokens === undefined) return null;
  const details = objectIn(usage, "prompt_tokens_details");
  const cachedTokens = details === undefined ? undefined : countIn(details, "cached_tokens");
  return { promptTokens, completionTokens, cachedTokens: cachedTokens ?? null };
}
