import { createChatDecoder, END_MARKER } from "./chat-decoder.ts";
import type { GenerationRequest, ServerProbe, StreamClient } from "./stream-client.ts";

export const MODEL_LIST: ServerProbe = { kind: "model-list", path: "/v1/models" };

/** The fields of a chat request that every OpenAI-compatible server knows. */
export function chatFields(request: GenerationRequest) {
  return {
    messages: request.messages,
    ...(request.tools !== null && { tools: request.tools }),
    ...samplingFields(request),
  };
}

/** The same of any OpenAI request that generates: greedy, streamed, with the usage at its end. */
export function samplingFields(request: GenerationRequest) {
  return {
    model: request.model,
    max_tokens: request.maxTokens,
    temperature: 0,
    seed: request.seed,
    stream: true,
    stream_options: { include_usage: true },
  };
}

/** Output of exactly `maxTokens`, where that is asked for and the server knows these fields: vLLM and SGLang do. */
export function exactLengthFields(request: GenerationRequest) {
  return request.exactLength ? { ignore_eos: true, min_tokens: request.maxTokens } : {};
}

/**
 * OpenAI chat completions without any vendor's fields: output length is at most `maxTokens`, never exactly. Servers that
 * speak it end a stream by `[DONE]` or, as transformers' does, by no more than the reason why the answer ended.
 */
export const openaiChat: StreamClient = {
  api: "openai-chat",
  transport: "sse",
  endMarker: END_MARKER,
  ending: "finish-reason",
  probes: [MODEL_LIST],
  buildRequest: (request) => ({
    path: "/v1/chat/completions",
    body: JSON.stringify(chatFields(request)),
  }),
  createDecoder: createChatDecoder,
};
