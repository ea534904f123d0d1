import { classify } from "./classify.ts";
import { textOrTexts } from "./prompt-text.ts";
import { modelList } from "./server-probes.ts";
import type { StreamClient } from "./stream-client.ts";

/** Text classification as vLLM serves it with `--runner pooling`: another path and request, the same answer to read. */
export function vllmClassify(): StreamClient {
  return {
    ...classify(),
    api: "vllm-classify",
    probes: [modelList()],
    buildRequest: ({ model, messages }) => ({
      path: "/classify",
      body: JSON.stringify({ model, input: textOrTexts(messages) }),
    }),
  };
}
