import { z } from "zod";
import type { Exchange } from "./http-server.ts";
import { TgiBodyError } from "./tgi-error.ts";

const wholeNumber = z.int().min(0);

/** TGI's parameters; fields that it does not know (`ignore_eos`, `min_tokens`) are ignored, as it ignores them. */
const parameters = z.object({
  best_of: wholeNumber.nullish(),
  temperature: z.number().nullish(),
  repetition_penalty: z.number().nullish(),
  frequency_penalty: z.number().nullish(),
  top_k: z.int().nullish(),
  top_p: z.number().nullish(),
  typical_p: z.number().nullish(),
  do_sample: z.boolean().nullish(),
  max_new_tokens: wholeNumber.nullish(),
  return_full_text: z.boolean().nullish(),
  stop: z.array(z.string()).nullish(),
  truncate: wholeNumber.nullish(),
  watermark: z.boolean().nullish(),
  details: z.boolean().nullish(),
  decoder_input_details: z.boolean().nullish(),
  /** TGI takes 64 bits; what a number of JavaScript holds exactly is taken here. */
  seed: wholeNumber.nullish(),
  top_n_tokens: wholeNumber.nullish(),
  grammar: z.unknown().optional(),
  adapter_id: z.string().nullish(),
});

const generateBody = z.object({ inputs: z.string(), parameters: parameters.default({}) });
const compatBody = generateBody.extend({ stream: z.boolean().default(false) });

export type TgiParameters = z.infer<typeof parameters>;
export type TgiBody = z.infer<typeof generateBody>;

export function readGenerateBody(exchange: Exchange): Promise<TgiBody> {
  return readTgiBody(exchange, generateBody);
}

export function readCompatBody(exchange: Exchange): Promise<z.infer<typeof compatBody>> {
  return readTgiBody(exchange, compatBody);
}

/** @throws TgiBodyError 400 where the body is no JSON, 422 where it is no such request */
export async function readTgiBody<Body>(
  exchange: Exchange,
  schema: z.ZodType<Body>,
): Promise<Body> {
  const parsed = schema.safeParse(parseJson(await exchange.text()));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(describeIssue).join("; ");
  const message = `Failed to deserialize the JSON body into the target type: ${problems}`;
  throw new TgiBodyError(422, message);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new TgiBodyError(400, `Failed to parse the request body as JSON: ${reason}`);
  }
}

function describeIssue({ code, path, message, input }: z.core.$ZodIssue): string {
  const field = path.at(-1);
  if (code === "invalid_type" && input === undefined && field !== undefined) {
    return `missing field \`${String(field)}\``;
  }
  return `${path.map(String).join(".")}: ${message}`;
}
