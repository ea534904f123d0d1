import { randomInt } from "node:crypto";
import type { Sampling } from "../engine/generation-parameters.ts";
import type { ServedModel } from "../served-model.ts";
import { ApiError, badRequest } from "./api-error.ts";
import type { Prompted } from "./generate.ts";
import type { ChatBody, ChatFields, CompletionBody, GenerationFields } from "./openai-schema.ts";

/** A checked body as the engine takes it. */
export interface TextRequest extends Prompted {
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly continuousUsage: boolean;
  /** What is shown of the prompt before the answer; `null`: nothing. */
  readonly echo: { readonly text: string; readonly alone: boolean } | null;
}

/** OpenAI's default for completions; chat may fill the context window. */
const COMPLETION_MAX_TOKENS = 16;

/** @throws ApiError */
export function chatRequest(body: ChatBody, model: ServedModel): TextRequest {
  checkModel(body, model);
  const prompt = chatPrompt(body, model, body.add_generation_prompt ?? true);
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? null;
  return textRequest(body, prompt, maxTokens, model);
}

/**
 * A conversation as the model reads it, with its tools if the template has a place for them.
 *
 * @throws ApiError where the template refuses it
 */
export function chatPrompt(
  { messages, tools, tool_choice: choice }: ChatFields,
  model: ServedModel,
  addGenerationPrompt: boolean,
): readonly number[] {
  const texts = messages.map(({ role, content }) => ({ role, content: contentText(content) }));
  const offered = choice === "none" ? null : (tools ?? null);
  try {
    return model.encode(model.chatTemplate(texts, addGenerationPrompt, offered), false);
  } catch (error) {
    // A template refuses conversations by raising an error, for example on a role it does not know.
    throw badRequest(error instanceof Error ? error.message : String(error), "messages");
  }
}

function contentText(content: ChatFields["messages"][number]["content"]): string {
  if (content == null) return "";
  return typeof content === "string" ? content : content.map((part) => part.text).join("\n");
}

/** @throws ApiError */
export function completionRequest(body: CompletionBody, model: ServedModel): TextRequest {
  checkModel(body, model);
  const { prompt, text } = completionPrompt(body.prompt, model);
  const asked = body.max_tokens ?? COMPLETION_MAX_TOKENS;
  const echo = body.echo === true ? { text, alone: asked === 0 } : null;
  if (asked === 0 && echo === null) {
    throw badRequest("max_tokens must be at least 1, got 0.", "max_tokens");
  }
  const logprobs = body.logprobs ?? null;
  if (body.stream === true && (echo !== null || logprobs !== null)) {
    const field = echo === null ? "logprobs" : "echo";
    throw badRequest(`${field} is not supported by this server when \`stream=True\`.`, field);
  }
  // One token is generated for an echo alone too, as in vLLM.
  const request = textRequest(body, prompt, Math.max(1, asked), model);
  const { promptScores } = request.parameters;
  return {
    ...request,
    parameters: {
      ...request.parameters,
      scores: logprobs,
      promptScores: promptScores ?? (echo === null ? null : logprobs),
    },
    echo,
  };
}

function checkModel({ model: asked }: GenerationFields, model: ServedModel): void {
  if (asked == null || asked === model.name) return;
  throw new ApiError(
    404,
    "NotFoundError",
    `The model \`${asked}\` does not exist. Valid aliases: ${model.name}.`,
    "model",
  );
}

function completionPrompt(
  prompt: CompletionBody["prompt"],
  model: ServedModel,
): { readonly prompt: readonly number[]; readonly text: string } {
  const one = typeof prompt === "string" || typeof prompt[0] === "number" ? prompt : prompt[0];
  if (typeof one === "string") return { prompt: model.encode(one, true), text: one };
  const tokens: number[] = [];
  for (const token of Array.isArray(one) ? one : []) {
    if (typeof token !== "number" || token >= model.vocabularySize) {
      throw badRequest(`Token id ${token} is out of vocabulary`, "prompt");
    }
    tokens.push(token);
  }
  return { prompt: tokens, text: model.decode(tokens) };
}

/**
 * vLLM's generation parameters, whichever surface they came by.
 *
 * @throws ApiError
 */
function textRequest(
  body: GenerationFields,
  prompt: readonly number[],
  askedTokens: number | null,
  model: ServedModel,
): TextRequest {
  const maxTokens = allowedTokens(prompt.length, askedTokens, model.maxLength);
  const minTokens = body.min_tokens ?? 0;
  if (minTokens > maxTokens) {
    throw badRequest(
      `min_tokens must be less than or equal to max_tokens=${maxTokens}, got ${minTokens}.`,
      "min_tokens",
    );
  }
  if (body.stream === true && body.prompt_logprobs != null) {
    const message = "`prompt_logprobs` are not available when `stream=True`.";
    throw badRequest(message, "prompt_logprobs");
  }
  return {
    prompt,
    parameters: {
      maxTokens,
      minTokens,
      ignoreEos: body.ignore_eos ?? false,
      stopTokenIds: body.stop_token_ids ?? [],
      stop: typeof body.stop === "string" ? [body.stop] : (body.stop ?? []),
      stopRule: body.include_stop_str_in_output === true ? "include" : "cut",
      scores: null,
      promptScores: body.prompt_logprobs ?? null,
      sampling: sampling(body),
    },
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    continuousUsage: body.stream_options?.continuous_usage_stats ?? false,
    echo: null,
  };
}

function allowedTokens(promptLength: number, asked: number | null, maxLength: number): number {
  if (promptLength === 0) throw badRequest("The decoder prompt cannot be empty", "prompt");
  if (asked !== null && asked > maxLength) {
    throw badRequest(
      `max_tokens=${asked} cannot be greater than max_model_len=${maxLength}. ` +
        `Please request fewer output tokens. (parameter=max_tokens, value=${asked})`,
      "max_tokens",
    );
  }
  const left = maxLength - promptLength;
  if (left < (asked ?? 1)) {
    throw badRequest(
      `This model's maximum context length is ${maxLength} tokens. However, you requested ${asked ?? 1} output ` +
        `tokens and your prompt contains ${promptLength} input tokens, for a total of ${promptLength + (asked ?? 1)} ` +
        "tokens. Please reduce the length of the input prompt or the number of requested output tokens. " +
        `(parameter=input_tokens, value=${promptLength})`,
      "input_tokens",
    );
  }
  return asked ?? left;
}

/** Temperature 1 where nothing is said, as in vLLM for a model without generation defaults. */
function sampling(body: GenerationFields): Sampling {
  const temperature = body.temperature ?? 1;
  if (temperature === 0) return { kind: "greedy" };
  return {
    kind: "sampled",
    temperature,
    topP: body.top_p ?? 1,
    topK: Math.max(0, body.top_k ?? 0),
    seed: body.seed ?? randomInt(2 ** 32),
  };
}
