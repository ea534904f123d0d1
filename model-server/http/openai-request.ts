import { randomInt } from "node:crypto";
import type { GenerationParameters, Sampling } from "../engine/generation-parameters.ts";
import type { ServedModel } from "../served-model.ts";
import { ApiError, badRequest } from "./api-error.ts";
import type { ChatBody, CompletionBody, GenerationFields } from "./openai-schema.ts";

/** A checked body as the engine takes it. */
export interface TextRequest {
  readonly prompt: readonly number[];
  readonly parameters: GenerationParameters;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly continuousUsage: boolean;
}

/** OpenAI's default for completions; chat may fill the context window. */
const COMPLETION_MAX_TOKENS = 16;

/** @throws ApiError */
export function chatRequest(body: ChatBody, model: ServedModel): TextRequest {
  checkModel(body, model);
  const messages = body.messages.map(({ role, content }) => ({
    role,
    content: typeof content === "string" ? content : content.map((part) => part.text).join("\n"),
  }));
  const text = render(model, messages, body.add_generation_prompt ?? true);
  const prompt = model.encode(text, false);
  const maxTokens = body.max_completion_tokens ?? body.max_tokens ?? null;
  return textRequest(body, prompt, maxTokens, model);
}

/** @throws ApiError */
export function completionRequest(body: CompletionBody, model: ServedModel): TextRequest {
  checkModel(body, model);
  const prompt = promptTokens(body.prompt, model);
  return textRequest(body, prompt, body.max_tokens ?? COMPLETION_MAX_TOKENS, model);
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

function render(
  model: ServedModel,
  messages: Parameters<ServedModel["chatTemplate"]>[0],
  addGenerationPrompt: boolean,
): string {
  try {
    return model.chatTemplate(messages, addGenerationPrompt);
  } catch (error) {
    // A template refuses conversations by raising an error, for example on a role it does not know.
    throw badRequest(error instanceof Error ? error.message : String(error), "messages");
  }
}

function promptTokens(prompt: CompletionBody["prompt"], model: ServedModel): readonly number[] {
  const one = typeof prompt === "string" || typeof prompt[0] === "number" ? prompt : prompt[0];
  if (typeof one === "string") return model.encode(one, true);
  const tokens: number[] = [];
  for (const token of Array.isArray(one) ? one : []) {
    if (typeof token !== "number" || token >= model.vocabularySize) {
      throw badRequest(`Token id ${token} is out of vocabulary`, "prompt");
    }
    tokens.push(token);
  }
  return tokens;
}

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
  return {
    prompt,
    parameters: {
      maxTokens,
      minTokens,
      ignoreEos: body.ignore_eos ?? false,
      stopTokenIds: body.stop_token_ids ?? [],
      stop: typeof body.stop === "string" ? [body.stop] : (body.stop ?? []),
      includeStopInOutput: body.include_stop_str_in_output ?? false,
      sampling: sampling(body),
    },
    stream: body.stream ?? false,
    includeUsage: body.stream_options?.include_usage ?? false,
    continuousUsage: body.stream_options?.continuous_usage_stats ?? false,
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
