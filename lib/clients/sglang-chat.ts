import { chatRequest, exactLengthFields, openaiChat } from "./openai-chat.ts";
import type { StreamClient } from "./stream-client.ts";

/** Chat completions as SGLang speaks them: the fields for an exact length are named as vLLM's are. */
export function sglangChat(): StreamClient {
  return {
    ...openaiChat(),
    api: "sglang-chat",
    ending: "end-marker",
    buildRequest: (request) => chatRequest(request, exactLengthFields(request)),
  };
}
