import { chatRequest, exactLengthFields, openaiChat } from "./openai-chat.ts";
import type { StreamClient } from "./stream-client.ts";

/** Chat completions as vLLM speaks them: `ignore_eos` with `min_tokens` gives every answer the length asked for. */
export function vllmChat(): StreamClient {
  return {
    ...openaiChat(),
    api: "vllm-chat",
    ending: "end-marker",
    buildRequest: (request) => chatRequest(request, exactLengthFields(request)),
  };
}
