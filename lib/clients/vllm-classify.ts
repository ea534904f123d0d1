import { classify, textOrTexts } from "./classify.ts";
import { MODEL_LIST } from "./openai-chat.ts";
import type { StreamClient } from "./stream-client.ts";

/** Text classification as vLLM serves it with `--runner pooling`: another path and request, the same answer to read. */
export const vllmClassify: StreamClient = {
  ...classify,
  api: "vllm-classify",
  probes: [MODEL_LIST],
  buildRequest: ({ model, messages }) => ({
    path: "/classify",
    body: JSON.stringify({ model, input: textOrTexts(messages) }),
  }),
};
