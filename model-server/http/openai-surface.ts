import type { ScoredToken } from "../engine/token-scores.ts";
import type { GenerationService } from "../generation-service.ts";
import type { ServedModel } from "../served-model.ts";
import { ApiError } from "./api-error.ts";
import { DONE, openEventStream } from "./event-stream.ts";
import { generate, generateWhole, type WholeText } from "./generate.ts";
import { type Exchange, type Route, sendJson } from "./http-server.ts";
import { completionLogprobs, promptLogprobs } from "./openai-logprobs.ts";
import { chatRequest, completionRequest, type TextRequest } from "./openai-request.ts";
import { parseChatBody, parseCompletionBody } from "./openai-schema.ts";
import {
  type AnswerHead,
  type AnswerLogprobs,
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
  else wholeAnswer(exchange, request, format, head, model, service);
}

/** Server-sent events, each token's in a write of its own. */
function streamAnswer(
  exchange: Exchange,
  request: TextRequest,
  format: WireFormat,
  head: AnswerHead,
  service: GenerationService,
): void {
  const stream = openEventStream(exchange.response, {
    headers: { "Content-Type": "text/event-stream; charset=utf-8" },
  });
  const counts = (completionTokens: number): TokenCounts => ({
    promptTokens: request.prompt.length,
    completionTokens,
  });
  const usage = (completionTokens: number): object =>
    request.continuousUsage ? { usage: usageOf(counts(completionTokens)) } : {};

  generate(exchange, request, service, {
    token: ({ text, finish }, tokens) => {
      const opening = tokens === 1 ? format.opening(head, usage(0)) : null;
      if (opening !== null) stream.send(opening);
      stream.send(format.chunk(head, text, finish, usage(tokens)));
      if (finish === null) return;
      if (request.includeUsage) stream.send(format.usageChunk(head, counts(tokens)));
      stream.end(DONE);
    },
    failed: (message) => {
      stream.send(failure(message).body());
      stream.end(DONE);
    },
  });
}

/** One JSON object when the sequence is over. */
function wholeAnswer(
  exchange: Exchange,
  request: TextRequest,
  format: WireFormat,
  head: AnswerHead,
  model: ServedModel,
  service: GenerationService,
): void {
  const { response } = exchange;
  generateWhole(exchange, request, service, {
    done: (whole, finish) => {
      const counts: TokenCounts = {
        promptTokens: request.prompt.length,
        completionTokens: whole.tokens.length,
      };
      const text = (request.echo?.text ?? "") + (request.echo?.alone === true ? "" : whole.text);
      const logprobs = answerLogprobs(request, whole, model);
      sendJson(response, 200, format.whole(head, text, finish, counts, logprobs));
    },
    failed: (message) => sendJson(response, 500, failure(message).body()),
  });
}

/** Those of the text shown: of an echoed prompt too. */
function answerLogprobs(
  { prompt, parameters, echo }: TextRequest,
  { tokens, promptScores }: WholeText,
  model: ServedModel,
): AnswerLogprobs {
  const ids: number[] = [];
  const scores: (ScoredToken | null)[] = [];
  if (echo !== null && promptScores !== null) {
    ids.push(...prompt);
    scores.push(...promptScores);
  }
  if (echo?.alone !== true) {
    for (const { token, score } of tokens) {
      ids.push(token);
      scores.push(score);
    }
  }
  return {
    text: parameters.scores === null ? null : completionLogprobs(ids, scores, model),
    prompt: promptScores === null ? null : promptLogprobs(promptScores, model),
  };
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
