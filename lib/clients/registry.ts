// @transient
import type { Api } from "../core/api.ts";
import { classify } from "./classify.ts";
import { llamacppChat } from "./llamacpp-chat.ts";
import { openaiChat } from "./openai-chat.ts";
import { sglangChat } from "./sglang-chat.ts";
import type { StreamClient } from "./stream-client.ts";
import { tgiChat } from "./tgi-chat.ts";
import { tgiGenerate } from "./tgi-generate.ts";
import { tritonGenerate } from "./triton-generate.ts";
import { vllmChat } from "./vllm-chat.ts";
import { vllmClassify } from "./vllm-classify.ts";
import { vllmCompletions } from "./vllm-completions.ts";

/** The client of a protocol. A protocol without one does not compile. */
export function clientOf(api: Api): StreamClient {
  const clients: Readonly<Record<Api, () => StreamClient>> = {
    "vllm-chat": vllmChat,
    "vllm-completions": vllmCompletions,
    "openai-chat": openaiChat,
    "tgi-generate": tgiGenerate,
    "tgi-chat": tgiChat,
    "triton-generate": tritonGenerate,
    "llamacpp-chat": llamacppChat,
    "sglang-chat": sglangChat,
    classify,
    "vllm-classify": vllmClassify,
  };
  return clients[api]();
}
