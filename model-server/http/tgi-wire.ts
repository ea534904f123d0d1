import type { Finish } from "../engine/generation-parameters.ts";
import type { GeneratedToken } from "../engine/sequence.ts";
import type { RankedToken, ScoredToken } from "../engine/token-scores.ts";
import type { ServedModel } from "../served-model.ts";
import type { TgiRequest } from "./tgi-request.ts";

/** The objects of TGI 3.3's own API, field for field and in its order. */

interface TgiToken {
  readonly id: number;
  readonly text: string;
  readonly logprob: number | null;
  readonly special: boolean;
}

/** The event of one token; the last one's tells the whole text and, where asked for, the details. */
export function tokenEvent(
  generated: GeneratedToken,
  index: number,
  request: TgiRequest,
  model: ServedModel,
  generatedText: string,
): object {
  const { finish } = generated;
  return {
    index,
    token: tokenObject(generated, model),
    ...topTokens([generated], request, model, ([first]) => first),
    generated_text: finish === null ? null : request.fullTextPrefix + generatedText,
    details:
      finish === null || !request.details
        ? null
        : { ...endDetails(finish, index, request), input_length: request.prompt.length },
  };
}

export function wholeObject(
  tokens: readonly GeneratedToken[],
  finish: Finish,
  promptScores: readonly (ScoredToken | null)[] | null,
  request: TgiRequest,
  model: ServedModel,
): object {
  const text = tokens.map((token) => token.text).join("");
  const answer = { generated_text: request.fullTextPrefix + text };
  if (!request.details) return answer;
  return {
    ...answer,
    details: {
      ...endDetails(finish, tokens.length, request),
      prefill: (promptScores ?? []).map((score, index) =>
        prefillToken(score, index, request, model),
      ),
      tokens: tokens.map((token) => tokenObject(token, model)),
      ...topTokens(tokens, request, model, (lists) => lists),
    },
  };
}

function prefillToken(
  score: ScoredToken | null,
  index: number,
  { prompt }: TgiRequest,
  model: ServedModel,
): object {
  const id = prompt[index] ?? -1;
  return { id, text: model.tokenInfo(id).text, logprob: score?.logprob ?? null };
}

/**
 * A special token's text is told though it belongs to no text; any other's is the part of the text that it made
 * certain: "" where a character is not whole yet.
 */
export function tokenObject({ token, text, score }: GeneratedToken, model: ServedModel): TgiToken {
  const { text: ownText, special } = model.tokenInfo(token);
  return {
    id: token,
    text: special ? text + ownText : text,
    logprob: score?.logprob ?? null,
    special,
  };
}

function topTokens<Shape>(
  tokens: readonly GeneratedToken[],
  request: TgiRequest,
  model: ServedModel,
  form: (lists: readonly (readonly object[])[]) => Shape,
): { readonly top_tokens?: Shape } {
  if (request.topTokens === 0) return {};
  const told = ({ token, logprob }: RankedToken): object => {
    const { text, special } = model.tokenInfo(token);
    return { id: token, text, logprob, special };
  };
  return { top_tokens: form(tokens.map(({ score }) => (score?.likeliest ?? []).map(told))) };
}

function endDetails(finish: Finish, generatedTokens: number, { seed }: TgiRequest): object {
  return { finish_reason: tgiFinishReason(finish), generated_tokens: generatedTokens, seed };
}

export function tgiFinishReason({ reason, stopReason }: Finish): string {
  if (reason === "length") return "length";
  return stopReason === null ? "eos_token" : "stop_sequence";
}
