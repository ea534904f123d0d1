/** The wire protocols a profile can speak; `lib/clients` holds one client for each. */
export const APIS = [
  "vllm-chat",
  "vllm-completions",
  "openai-chat",
  "tgi-generate",
  "tgi-chat",
  "triton-generate",
  "llamacpp-chat",
  "sglang-chat",
  "classify",
  "vllm-classify",
] as const;

export type Api = (typeof APIS)[number];
