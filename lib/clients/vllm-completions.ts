import type { StreamEvent } from "../core/stream-protocol.ts";
import { createTextDecoder, END_MARKER } from "./chat-decoder.ts";
import { textIn } from "./json.ts";
import { exactLengthFields, samplingFields } from "./openai-chat.ts";
import { parseOpenAiEvent } from "./openai-event.ts";
import { promptText } from "./prompt-text.ts";
import { modelList } from "./server-probes.ts";
import type { StreamClient } from "./stream-client.ts";

/**
 * Text completions as vLLM speaks them. `continuous_usage_stats`, which would tell the tokens of each chunk, is not asked
 * for: it makes each event unlike the one before, so that every one would have to be parsed.
 */
export function vllmCompletions(): StreamClient {
  return {
    api: "vllm-completions",
    transport: "sse",
    endMarker: END_MARKER,
    ending: "end-marker",
    probes: [modelList()],
    buildRequest: (request) => ({
      path: "/v1/completions",
      body: JSON.stringify({
        prompt: promptText(request.messages),
        ...samplingFields(request),
        ...exactLengthFields(request),
      }),
    }),
    createDecoder: () => createTextDecoder(parseCompletionEvent, ['"text":"']),
  };
}

function parseCompletionEvent(data: string): StreamEvent {
  return parseOpenAiEvent(data, (choice) => {
    const text = textIn(choice, "text");
    return text === undefined ? null : { kind: "visible", text };
  });
}
