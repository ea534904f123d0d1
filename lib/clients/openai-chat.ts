import { createChatDecoder, END_MARKER } from "./chat-decoder.ts";
import { modelList } from "./server-probes.ts";
import type { GenerationRequest, StreamClient, WireRequest } from "./stream-client.ts";

/** A chat request: the fields that every OpenAI-compatible server knows, and a vendor's own. */
export function chatRequest(
  request: GenerationRequest,
  vendorFields: Readonly<Record<string, unknown>> = {},
): WireRequest {
  const { messages, tools } = request;
  const body = {
    messages,
    ...(tools !== null && { tools }),
    ...samplingFields(request),
    ...vendorFields,
  };
  return { path: "/v1/chat/completions", body: JSON.stringify(body) };
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
export function openaiChat(): StreamClient {
  return {
    api: "openai-chat",
    transport: "sse",
    endMarker: END_MARKER,
    ending: "finish-reason",
    probes: [modelList()],
    buildRequest: (request) => chatRequest(request),
    createDecoder: createChatDecoder,
  };
}
