import { z } from "zod";
import { badRequest, type FieldProblem, invalidBody } from "./api-error.ts";

/** The bodies of OpenAI's two text endpoints, as far as this server honours them, with vLLM's additions. */

const count = z.int().min(1);
const wholeNumber = z.int().min(0);

/** vLLM's `max_logprobs`. */
const logprobCount = wholeNumber.max(20);

export const generationFields = {
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
  prompt_logprobs: logprobCount.nullish(),
};

const textPart = z.object({ type: z.literal("text"), text: z.string() });
const message = z.object({
  role: z.string().min(1),
  /** None in a message that calls tools. */
  content: z.union([z.string(), z.array(textPart)]).nullish(),
});

/** What a chat is, whoever's dialect it is asked in. */
export const chatFields = {
  messages: z.array(message).min(1),
  tools: z
    .array(z.looseObject({ type: z.literal("function"), function: z.looseObject({}) }))
    .nullish(),
  tool_choice: z.union([z.string(), z.looseObject({})]).nullish(),
};

const chatBody = z.object({
  ...generationFields,
  ...chatFields,
  max_completion_tokens: count.nullish(),
  add_generation_prompt: z.boolean().nullish(),
});

const completionBody = z.object({
  ...generationFields,
  /** 0 only with `echo`. */
  max_tokens: wholeNumber.nullish(),
  echo: z.boolean().nullish(),
  logprobs: logprobCount.nullish(),
  prompt: z.union([
    z.string(),
    z.array(z.string()).length(1),
    z.array(wholeNumber).min(1),
    z.array(z.array(wholeNumber).min(1)).length(1),
  ]),
});

export type ChatBody = z.infer<typeof chatBody>;
export type CompletionBody = z.infer<typeof completionBody>;
export type ChatFields = Pick<ChatBody, keyof typeof chatFields>;
const generationBody = z.object(generationFields);
export type GenerationFields = z.infer<typeof generationBody>;

/**
 * Parameters that would change the answer and that this server doesn't have: asking for them is an error rather than
 * an answer to another question. The value that asks for nothing passes.
 */
type Unsupported = Readonly<Record<string, readonly unknown[]>>;

export const UNSUPPORTED: Unsupported = {
  n: [1],
  best_of: [1],
  use_beam_search: [false],
  suffix: [""],
  logit_bias: [],
  presence_penalty: [0],
  frequency_penalty: [0],
  repetition_penalty: [1],
  min_p: [0],
  response_format: [],
  structured_outputs: [],
};

const UNSUPPORTED_IN_CHAT: Unsupported = {
  ...UNSUPPORTED,
  echo: [false],
  logprobs: [false],
  top_logprobs: [0],
};

/** @throws ApiError that names the field */
export function parseChatBody(body: unknown): ChatBody {
  const parsed = parse(chatBody, body, UNSUPPORTED_IN_CHAT);
  refuseForcedTools(parsed);
  return parsed;
}

/** @throws ApiError that names the field */
export function parseCompletionBody(body: unknown): CompletionBody {
  return parse(completionBody, body, UNSUPPORTED);
}

/** @throws ApiError where the model is to be made to call one: it can only write text, as any model may */
export function refuseForcedTools({ tool_choice: choice }: Pick<ChatFields, "tool_choice">): void {
  if (choice == null || choice === "auto" || choice === "none") return;
  throw badRequest(
    `tool_choice=${JSON.stringify(choice)} is not supported by this server, only "auto" and "none": its model calls no tools.`,
    "tool_choice",
  );
}

function parse<Body extends GenerationFields>(
  schema: z.ZodType<Body>,
  body: unknown,
  unsupported: Unsupported,
): Body {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw invalidBody(parsed.error.issues.map(fieldProblem));
  refuseUnsupported(Object(body), unsupported);
  if (parsed.data.stream_options != null && parsed.data.stream !== true) {
    throw badRequest("Stream options can only be defined when `stream=True`.", "stream_options");
  }
  return parsed.data;
}

/** @throws ApiError that names the field */
export function refuseUnsupported(body: object, unsupported: Unsupported): void {
  for (const [field, value] of Object.entries(body)) {
    const allowed = unsupported[field];
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
