import { openaiChat } from "./openai-chat.ts";
import { serverInfo } from "./server-probes.ts";
import type { StreamClient } from "./stream-client.ts";

/**
 * TGI's chat completions. Before 2.2 no `[DONE]` ends its streams, and a tool call may have no `finish_reason`: either is an
 * end. It can't be told to go on past the end-of-text token: an answer has `maxTokens` tokens at most.
 */
export function tgiChat(): StreamClient {
  return { ...openaiChat(), api: "tgi-chat", probes: [serverInfo()] };
}
