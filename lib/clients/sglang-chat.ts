import { createChatDecoder, END_MARKER } from "./chat-decoder.ts";
import { chatFields, exactLengthFields, MODEL_LIST } from "./openai-chat.ts";
import type { StreamClient } from "./stream-client.ts";

/** Chat completions as SGLang speaks them: the fields for an exact length are named as vLLM's are. */
export const sglangChat: StreamClient = {
  api: "sglang-chat",
  transport: "sse",
  endMarker: END_MARKER,
  ending: "end-marker",
  probes: [MODEL_LIST],
  buildRequest: (request) => ({
    path: "/v1/chat/completions",
    body: JSON.stringify({ ...chatFields(request), ...exactLengthFields(request) }),
  }),
  createDecoder: createChatDecoder,
};
