import { randomInt } from "node:crypto";
import type { Sampling } from "../engine/generation-parameters.ts";
import type { ServedModel } from "../served-model.ts";
import type { Prompted } from "./generate.ts";
import { invalidInput } from "./tgi-error.ts";
import type { TgiBody, TgiParameters } from "./tgi-schema.ts";

export const MAX_STOP_SEQUENCES = 4;
const MAX_TOP_TOKENS = 5;

/** A checked request of TGI's as the engine takes it, and what its answer is to tell. */
export interface TgiRequest extends Prompted {
  readonly characters: number;
  readonly details: boolean;
  readonly promptDetails: boolean;
  /** Likeliest tokens to tell beside each. */
  readonly topTokens: number;
  /** What comes before the generated text where it is told. */
  readonly fullTextPrefix: string;
  /** `null`: greedy. */
  readonly seed: number | null;
}

/** What a TGI server checks a request against, in its order and words. */
export function tgiRequest(body: TgiBody, streamed: boolean, model: ServedModel): TgiRequest {
  const { inputs, parameters } = body;
  const promptDetails = parameters.decoder_input_details === true;
  checkStreamed(parameters, streamed);
  checkSampling(parameters);
  refuseUnsupported(parameters);
  const { max_new_tokens: maxNewTokens, truncate, top_n_tokens: topTokens } = parameters;
  if (maxNewTokens === 0) throw invalidInput("`max_new_tokens` must be strictly positive");
  const stop = parameters.stop ?? [];
  if (stop.length > MAX_STOP_SEQUENCES) {
    throw invalidInput(
      `\`stop\` supports up to ${MAX_STOP_SEQUENCES} stop sequences. Given: ${stop.length}`,
    );
  }
  if ((topTokens ?? 0) > MAX_TOP_TOKENS) {
    throw invalidInput(
      `\`top_n_tokens\` must be >= 0 and <= ${MAX_TOP_TOKENS}. Given: ${topTokens}`,
    );
  }
  const prompt = promptOf(inputs, truncate ?? null, model);
  const sampling = samplingOf(parameters);
  return {
    prompt,
    characters: inputs.length,
    parameters: tgiGeneration(
      { maxNewTokens: allowedTokens(prompt.length, maxNewTokens ?? null, model), stop, sampling },
      topTokens ?? 0,
      promptDetails,
    ),
    details: parameters.details === true || promptDetails,
    promptDetails,
    topTokens: topTokens ?? 0,
    fullTextPrefix: parameters.return_full_text === true ? inputs : "",
    seed: sampling.kind === "sampled" ? sampling.seed : null,
  };
}

/**
 * The engine's parameters of any request of TGI's: its stop strings are kept in the text.
 *
 * @param topTokens likeliest tokens to score beside each generated one; `null`: none is scored
 */
export function tgiGeneration(
  asked: {
    readonly maxNewTokens: number;
    readonly stop: readonly string[];
    readonly sampling: Sampling;
  },
  topTokens: number | null,
  promptDetails: boolean,
): Prompted["parameters"] {
  return {
    maxTokens: asked.maxNewTokens,
    minTokens: 0,
    ignoreEos: false,
    stopTokenIds: [],
    stop: asked.stop.filter((text) => text !== ""),
    stopRule: "token-end",
    scores: topTokens,
    promptScores: promptDetails ? 0 : null,
    sampling: asked.sampling,
  };
}

/** @throws TgiError where the context window holds no such answer */
export function allowedTokens(
  promptTokens: number,
  asked: number | null,
  { maxLength }: ServedModel,
): number {
  if (asked !== null && promptTokens + asked > maxLength) {
    throw invalidInput(
      `\`inputs\` tokens + \`max_new_tokens\` must be <= ${maxLength}. Given: ${promptTokens} \`inputs\` tokens and ${asked} \`max_new_tokens\``,
    );
  }
  if (promptTokens > maxLength - 1) {
    throw invalidInput(
      `\`inputs\` must have less than ${maxLength - 1} tokens. Given: ${promptTokens}`,
    );
  }
  return asked ?? maxLength - promptTokens;
}

/** What sampling takes from a body that says only some of it. */
export function tgiSampling(
  sampled: boolean,
  asked: Pick<TgiParameters, "temperature" | "top_p" | "top_k" | "seed">,
): Sampling {
  if (!sampled) return { kind: "greedy" };
  return {
    kind: "sampled",
    temperature: asked.temperature ?? 1,
    topP: asked.top_p ?? 1,
    topK: asked.top_k ?? 0,
    seed: asked.seed ?? randomInt(2 ** 32),
  };
}

/** @throws TgiError */
export function checkSampling(
  asked: Pick<TgiParameters, "temperature" | "top_p" | "top_k" | "typical_p">,
): void {
  const { temperature, top_p: topP, top_k: topK, typical_p: typicalP } = asked;
  if (temperature != null && temperature <= 0) {
    throw invalidInput("`temperature` must be strictly positive");
  }
  if (topP != null && (topP <= 0 || topP >= 1)) {
    throw invalidInput("`top_p` must be > 0.0 and < 1.0");
  }
  if (typicalP != null && (typicalP <= 0 || typicalP >= 1)) {
    throw invalidInput("`typical_p` must be > 0.0 and < 1.0");
  }
  if (topK != null && topK <= 0) throw invalidInput("`top_k` must be strictly positive");
}

function checkStreamed(parameters: TgiParameters, streamed: boolean): void {
  const bestOf = parameters.best_of ?? 1;
  if (streamed && bestOf !== 1) {
    throw invalidInput("`best_of` != 1 is not supported when streaming tokens");
  }
  if (streamed && parameters.decoder_input_details === true) {
    throw invalidInput("`decoder_input_details` == true is not supported when streaming tokens");
  }
  if (bestOf !== 1) throw invalidInput(`\`best_of\` must be > 0 and <= 1. Given: ${bestOf}`);
}

/** Parameters that TGI has and this server does not; those that ask for nothing pass. */
function refuseUnsupported(parameters: TgiParameters): void {
  const asked = {
    repetition_penalty: (parameters.repetition_penalty ?? 1) !== 1,
    frequency_penalty: (parameters.frequency_penalty ?? 0) !== 0,
    typical_p: parameters.typical_p != null,
    watermark: parameters.watermark === true,
    grammar: parameters.grammar != null,
    adapter_id: parameters.adapter_id != null,
  };
  for (const [name, isAsked] of Object.entries(asked)) {
    if (isAsked) throw invalidInput(`\`${name}\` is not supported by this server`);
  }
}

/** A temperature other than 1, `top_k` and `top_p` make TGI sample without `do_sample` too. */
function samplingOf(parameters: TgiParameters): Sampling {
  const sampled =
    parameters.do_sample === true ||
    (parameters.temperature ?? 1) !== 1 ||
    parameters.top_k != null ||
    parameters.top_p != null;
  return tgiSampling(sampled, parameters);
}

function promptOf(inputs: string, truncate: number | null, model: ServedModel): readonly number[] {
  if (inputs === "") throw invalidInput("`inputs` cannot be empty");
  const longest = model.maxLength - 1;
  if (truncate !== null && (truncate === 0 || truncate > longest)) {
    throw invalidInput(
      `\`truncate\` must be strictly positive and less than ${longest}. Given: ${truncate}`,
    );
  }
  const prompt = model.encode(inputs, true);
  return truncate === null ? prompt : prompt.slice(-truncate);
}
