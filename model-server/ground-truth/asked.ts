import { z } from "zod";
import { invalidBody } from "../http/api-error.ts";
import { fieldProblem } from "../http/openai-schema.ts";

/** What a request says about the form of its answer; everything else in it is ignored. */
export interface Asked {
  /** Output tokens; `null` where it does not say. */
  readonly tokens: number | null;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Usage on every chunk. */
  readonly continuousUsage: boolean;
  /** Words of the prompt, which count as its tokens here: there is no tokenizer. */
  readonly promptTokens: number;
  /** Texts to classify. */
  readonly inputs: number;
}

const count = z.int().min(1).nullish();
const texts = z.union([z.string(), z.array(z.string())]).nullish();

const openAiSchema = z.object({
  stream: z.boolean().nullish(),
  stream_options: z
    .object({
      include_usage: z.boolean().nullish(),
      continuous_usage_stats: z.boolean().nullish(),
    })
    .nullish(),
  max_tokens: count,
  max_completion_tokens: count,
  messages: z.array(z.object({ content: z.unknown().optional() })).nullish(),
  prompt: z.unknown().optional(),
});
const tgiSchema = z.object({
  inputs: z.string(),
  parameters: z.object({ max_new_tokens: count }).nullish(),
});
/** TensorRT-LLM's backend has `max_tokens` beside the text, vLLM's among the parameters. */
const tritonSchema = z.object({
  text_input: z.string(),
  max_tokens: count,
  parameters: z.object({ max_tokens: z.union([count, z.string()]) }).nullish(),
});
/** The names in the field for the texts to classify. */
const classifySchema = z.object({ input: texts, inputs: texts, text: texts, texts });

/** @throws ApiError that names the field */
export function askedOfOpenAi(body: unknown): Asked {
  const { stream, stream_options, max_tokens, max_completion_tokens, messages, prompt } = parse(
    openAiSchema,
    body,
  );
  return {
    tokens: max_completion_tokens ?? max_tokens ?? null,
    stream: stream ?? false,
    includeUsage: stream_options?.include_usage ?? false,
    continuousUsage: stream_options?.continuous_usage_stats ?? false,
    promptTokens: messages?.reduce((sum, { content }) => sum + words(content), 0) ?? words(prompt),
    inputs: 1,
  };
}

/** @throws ApiError that names the field */
export function askedOfTgi(body: unknown): Asked {
  const { inputs, parameters } = parse(tgiSchema, body);
  return stream(parameters?.max_new_tokens ?? null, inputs);
}

/** @throws ApiError that names the field */
export function askedOfTriton(body: unknown): Asked {
  const { text_input, max_tokens, parameters } = parse(tritonSchema, body);
  const tokens = Number(parameters?.max_tokens ?? max_tokens ?? Number.NaN);
  return stream(Number.isInteger(tokens) && tokens > 0 ? tokens : null, text_input);
}

/** @throws ApiError that names the field */
export function askedOfClassify(body: unknown): Asked {
  const { input, inputs, text, texts } = parse(classifySchema, body);
  const found = input ?? inputs ?? text ?? texts ?? [];
  const list = typeof found === "string" ? [found] : found;
  return {
    tokens: 1,
    stream: false,
    includeUsage: true,
    continuousUsage: false,
    promptTokens: list.reduce((sum, one) => sum + words(one), 0),
    inputs: list.length,
  };
}

function stream(tokens: number | null, prompt: string): Asked {
  return {
    tokens,
    stream: true,
    includeUsage: true,
    continuousUsage: false,
    promptTokens: words(prompt),
    inputs: 1,
  };
}

/** Of a text, or of what holds texts; token ids count as they are. */
function words(content: unknown): number {
  if (typeof content === "string") return content.trim().split(/\s+/).length;
  if (Array.isArray(content)) return content.reduce((sum: number, part) => sum + words(part), 0);
  if (typeof content === "object" && content !== null && "text" in content) {
    return words(content.text);
  }
  return typeof content === "number" ? 1 : 0;
}

function parse<Body>(schema: z.ZodType<Body>, body: unknown): Body {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw invalidBody(parsed.error.issues.map(fieldProblem));
}
