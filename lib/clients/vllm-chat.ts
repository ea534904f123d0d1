import { createChatDecoder, END_MARKER } from "./chat-decoder.ts";
import { chatFields, exactLengthFields, MODEL_LIST } from "./openai-chat.ts";
import type { StreamClient } from "./stream-client.ts";

/** Chat completions as vLLM speaks them: `ignore_eos` with `min_tokens` gives every answer the length asked for. */
export const vllmChat: StreamClient = {
  api: "vllm-chat",
  transport: "sse",
  endMarker: END_MARKER,
  ending: "end-marker",
  probes: [MODEL_LIST],
  buildRequest: (request) => ({
    path: "/v1/chat/completions",
    body: JSON.stringify({
      ...chatFields(request),
      ...exactLengthFields(request),
    }),
  }),
  createDecoder: createChatDecoder,
};
