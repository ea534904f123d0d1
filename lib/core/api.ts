/** The wire protocols a profile can speak; `lib/clients` holds one client for each. */
export const APIS = ["vllm-chat", "openai-chat"] as const;

export type Api = (typeof APIS)[number];
