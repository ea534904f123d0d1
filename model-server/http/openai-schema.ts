import { z } from "zod";
import { badRequest, type FieldProblem, invalidBody } from "./api-error.ts";

/** The bodies of OpenAI's two text endpoints, as far as this server honours them, with vLLM's additions. */

const count = z.int().min(1);
const wholeNumber = z.int().min(0);

const generationFields = {
  model: z.string().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z
    .object({
      include_usage: z.boolean().nullish(),
      continuous_usage_stats: z.boolean().nullish(),
    })
    .nullish(),
  max_tokens: count.nullish(),
  min_tokens: wholeNumber.nullish(),
  ignore_eos: z.boolean().nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1))]).nullish(),
  stop_token_ids: z.array(wholeNumber).nullish(),
  include_stop_str_in_output: z.boolean().nullish(),
  temperature: z.number().min(0).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  /** -1 and 0 keep all. */
  top_k: z.int().min(-1).nullish(),
  seed: z.int().nullish(),
};

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const message = z.object({
  role: z.string().min(1),
  content: z.union([z.string(), z.array(textPart)]),
});

const chatBody = z.object({
  ...generationFields,
  messages: z.array(message).min(1),
  max_completion_tokens: count.nullish(),
  add_generation_prompt: z.boolean().nullish(),
});

const completionBody = z.object({
  ...generationFields,
  prompt: z.union([
    z.string(),
    z.array(z.string()).length(1),
    z.array(wholeNumber).min(1),
    z.array(z.array(wholeNumber).min(1)).length(1),
  ]),
});

export type ChatBody = z.infer<typeof chatBody>;
export type CompletionBody = z.infer<typeof completionBody>;
export type GenerationFields = Omit<CompletionBody, "prompt">;

/**
 * Parameters that would change the answer and that this server doesn't have: asking for them is an error rather than
 * an answer to another question. The value that asks for nothing passes.
 */
const UNSUPPORTED: Readonly<Record<string, readonly unknown[]>> = {
  n: [1],
  best_of: [1],
  use_beam_search: [false],
  echo: [false],
  suffix: [""],
  logprobs: [false],
  top_logprobs: [0],
  prompt_logprobs: [],
  logit_bias: [],
  presence_penalty: [0],
  frequency_penalty: [0],
  repetition_penalty: [1],
  min_p: [0],
  tools: [],
  response_format: [],
  structured_outputs: [],
};

/** @throws ApiError that names the field */
export function parseChatBody(body: unknown): ChatBody {
  return parse(chatBody, body);
}

/** @throws ApiError that names the field */
export function parseCompletionBody(body: unknown): CompletionBody {
  return parse(completionBody, body);
}

function parse<Body extends GenerationFields>(schema: z.ZodType<Body>, body: unknown): Body {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw invalidBody(parsed.error.issues.map(fieldProblem));
  refuseUnsupported(Object(body));
  if (parsed.data.stream_options != null && parsed.data.stream !== true) {
    throw badRequest("Stream options can only be defined when `stream=True`.", "stream_options");
  }
  return parsed.data;
}

function refuseUnsupported(body: object): void {
  for (const [field, value] of Object.entries(body)) {
    const allowed = UNSUPPORTED[field];
    if (allowed === undefined || value === null || allowed.includes(value)) continue;
    if (typeof value === "object" && Object.keys(value).length === 0) continue;
    const only = allowed.length === 0 ? "" : `, only ${JSON.stringify(allowed[0])}`;
    throw badRequest(
      `${field}=${JSON.stringify(value)} is not supported by this server${only}.`,
      field,
    );
  }
}

export function fieldProblem(issue: z.core.$ZodIssue): FieldProblem {
  return {
    type: issue.code,
    location: ["body", ...issue.path.map(String)].join("."),
    message: issue.message,
  };
}
