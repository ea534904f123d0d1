// @transient
import type { StreamEvent } from "../core/stream-protocol.ts";
import { createTextDecoder } from "./chat-decoder.ts";
import { malformed, parseEventObject } from "./event-object.ts";
import { exactLengthFields } from "./openai-chat.ts";
import { promptText } from "./prompt-text.ts";
import type { StreamClient } from "./stream-client.ts";

/**
 * Triton's generate extension with the inputs and outputs of its vLLM backend, whose sampling parameters are vLLM's. It
 * says neither why an answer ended nor how many tokens there were, and ends a stream by closing it: tokens are counted by
 * events, and only a connection that breaks tells a cut answer from a whole one.
 */
export function tritonGenerate(): StreamClient {
  return {
    api: "triton-generate",
    transport: "sse",
    endMarker: null,
    ending: "close",
    probes: [{ kind: "model-ready", path: (model) => `${modelPath(model)}/ready` }],
    buildRequest: (request) => ({
      path: `${modelPath(request.model)}/generate_stream`,
      body: JSON.stringify({
        text_input: promptText(request.messages),
        parameters: {
          stream: true,
          max_tokens: request.maxTokens,
          temperature: 0,
          seed: request.seed,
          ...exactLengthFields(request),
        },
      }),
    }),
    createDecoder: () => createTextDecoder(parseTritonEvent, ['"text_output":"']),
  };
}

function modelPath(model: string): string {
  return `/v2/models/${encodeURIComponent(model)}`;
}

/** An event without text is a token whose characters are not whole yet, or the end. */
function parseTritonEvent(data: string): StreamEvent {
  return parseEventObject(data, (json) => {
    const text = json["text_output"];
    if (typeof text !== "string") return malformed("no text_output", data);
    return {
      kind: "chunk",
      hasChoices: true,
      content: text === "" ? null : { kind: "visible", text },
      finishReason: null,
      usage: null,
      tokensSoFar: null,
    };
  });
}
