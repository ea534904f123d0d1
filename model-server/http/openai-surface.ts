import type { ServerResponse } from "node:http";
import type { Finish } from "../engine/generation-parameters.ts";
import type { GenerationService } from "../generation-service.ts";
import type { ServedModel } from "../served-model.ts";
import { ApiError } from "./api-error.ts";
import { type Exchange, type Route, sendJson } from "./http-server.ts";
import { chatRequest, completionRequest, type TextRequest } from "./openai-request.ts";
import { parseChatBody, parseCompletionBody } from "./openai-schema.ts";
import {
  type AnswerHead,
  chatFormat,
  completionFormat,
  type TokenCounts,
  usageOf,
  type WireFormat,
} from "./openai-wire.ts";

/** OpenAI's text endpoints in vLLM's dialect. */
export function openAiRoutes(model: ServedModel, service: GenerationService): readonly Route[] {
  const startedAt = Math.floor(Date.now() / 1000);
  return [
    {
      method: "POST",
      path: "/v1/chat/completions",
      handle: async (exchange) => {
        const body = parseChatBody(await exchange.json());
        answer(exchange, chatRequest(body, model), chatFormat, model, service);
      },
    },
    {
      method: "POST",
      path: "/v1/completions",
      handle: async (exchange) => {
        const body = parseCompletionBody(await exchange.json());
        answer(exchange, completionRequest(body, model), completionFormat, model, service);
      },
    },
    {
      method: "GET",
      path: "/v1/models",
      handle: ({ response }) => sendJson(response, 200, modelList(model, startedAt)),
    },
  ];
}

function answer(
  exchange: Exchange,
  request: TextRequest,
  format: WireFormat,
  model: ServedModel,
  service: GenerationService,
): void {
  if (service.failure !== null) {
    throw new ApiError(503, "ServiceUnavailableError", service.failure);
  }
  if (!service.admits()) {
    throw new ApiError(429, "TooManyRequestsError", "The queue of waiting requests is full.");
  }
  const head: AnswerHead = {
    id: `${format.idPrefix}${exchange.requestId}`,
    created: Math.floor(Date.now() / 1000),
    model: model.name,
    systemFingerprint: `model-server-${model.digest.slice(-8)}`,
  };
  if (request.stream) streamAnswer(exchange, request, format, head, service);
  else wholeAnswer(exchange, request, format, head, service);
}

/** Server-sent events, each token's in a write of its own. */
function streamAnswer(
  exchange: Exchange,
  request: TextRequest,
  format: WireFormat,
  head: AnswerHead,
  service: GenerationService,
): void {
  const { response } = exchange;
  response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
  response.flushHeaders();
  const send = (event: object): void => void response.write(`data: ${JSON.stringify(event)}\n\n`);
  const counts = (completionTokens: number): TokenCounts => ({
    promptTokens: request.prompt.length,
    completionTokens,
  });
  const usage = (completionTokens: number): object =>
    request.continuousUsage ? { usage: usageOf(counts(completionTokens)) } : {};

  const abort = service.generate(generation(exchange, request), {
    token: (text, finish, tokens) => {
      const opening = tokens === 1 ? format.opening(head, usage(0)) : null;
      if (opening !== null) send(opening);
      send(format.chunk(head, text, finish, usage(tokens)));
      if (finish === null) return;
      if (request.includeUsage) send(format.usageChunk(head, counts(tokens)));
      response.end("data: [DONE]\n\n");
    },
    failed: (message) => {
      send(failure(message).body());
      response.end("data: [DONE]\n\n");
    },
  });
  whenClosed(response, abort);
}

/** One JSON object when the sequence is over. */
function wholeAnswer(
  exchange: Exchange,
  request: TextRequest,
  format: WireFormat,
  head: AnswerHead,
  service: GenerationService,
): void {
  const { response } = exchange;
  let whole = "";
  const abort = service.generate(generation(exchange, request), {
    token: (text: string, finish: Finish | null, completionTokens: number) => {
      whole += text;
      if (finish === null) return;
      const counts: TokenCounts = { promptTokens: request.prompt.length, completionTokens };
      sendJson(response, 200, format.whole(head, whole, finish, counts));
    },
    failed: (message) => sendJson(response, 500, failure(message).body()),
  });
  whenClosed(response, abort);
}

/** A client that goes away takes its request with it; it may be gone already. */
function whenClosed(response: ServerResponse, abort: () => void): void {
  if (response.closed) abort();
  else response.on("close", abort);
}

function generation(
  { requestId, receivedMs }: Exchange,
  { prompt, parameters }: TextRequest,
): Parameters<GenerationService["generate"]>[0] {
  return { requestId, receivedMs, prompt, parameters };
}

function failure(reason: string): ApiError {
  return new ApiError(500, "InternalServerError", reason);
}

/** vLLM's list, and the digest of the model's files as `artifact`. */
function modelList(model: ServedModel, created: number): object {
  return {
    object: "list",
    data: [
      {
        id: model.name,
        object: "model",
        created,
        owned_by: "model-server",
        root: model.directory,
        parent: null,
        max_model_len: model.maxLength,
        artifact: model.digest,
      },
    ],
  };
}
