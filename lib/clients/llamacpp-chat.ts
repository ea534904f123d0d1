import { chatRequest, openaiChat } from "./openai-chat.ts";
import type { StreamClient } from "./stream-client.ts";

/**
 * Chat completions of llama.cpp's server: `ignore_eos` bans the end-of-text tokens, and then `max_tokens` is the length. Its
 * prompt cache is left on, as it is for its users and as vLLM's and SGLang's are: prompts that must not be found in it start
 * with a marker (CACHE_BUST), and turns of a conversation shall be.
 */
export function llamacppChat(): StreamClient {
  return {
    ...openaiChat(),
    api: "llamacpp-chat",
    ending: "end-marker",
    buildRequest: (request) =>
      chatRequest(request, request.exactLength ? { ignore_eos: true } : {}),
  };
}
