import type { Api } from "../core/api.ts";
import { openaiChat } from "./openai-chat.ts";
import type { StreamClient } from "./stream-client.ts";
import { vllmChat } from "./vllm-chat.ts";

/** One client a protocol; a protocol without one does not compile. */
export const CLIENTS: Readonly<Record<Api, StreamClient>> = {
  "vllm-chat": vllmChat,
  "openai-chat": openaiChat,
};
