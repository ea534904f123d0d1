import type { ScoredToken } from "../engine/token-scores.ts";
import type { ServedModel } from "../served-model.ts";

/**
 * vLLM's two forms of log-probabilities. Keys that look like numbers come in rising order, where vLLM sends the text's own
 * token first: JavaScript's objects know no other.
 */

export type TextScores = readonly (ScoredToken | null)[];

/** `prompt_logprobs`: by token id, the prompt's own token and the likeliest ones; `null` for the first. */
export function promptLogprobs(scores: TextScores, model: ServedModel): readonly unknown[] {
  return scores.map((score) =>
    score === null
      ? null
      : Object.fromEntries(
          [score, ...score.likeliest].map(({ token, logprob, rank }) => [
            token,
            { logprob, rank, decoded_token: model.tokenInfo(token).text },
          ]),
        ),
  );
}

/** `logprobs` of the completions endpoint. `scores[n]` is `tokens[n]`'s, `null` for a first one. */
export function completionLogprobs(
  tokens: readonly number[],
  scores: TextScores,
  model: ServedModel,
): object {
  const texts = tokens.map((token) => model.tokenInfo(token).text);
  let offset = 0;
  const offsets = texts.map((text) => {
    offset += text.length;
    return offset - text.length;
  });
  return {
    text_offset: offsets,
    token_logprobs: scores.map((score) => score?.logprob ?? null),
    tokens: texts,
    top_logprobs: scores.map((score) =>
      score === null
        ? null
        : Object.fromEntries(
            [score, ...score.likeliest].map(({ token, logprob }) => [
              model.tokenInfo(token).text,
              logprob,
            ]),
          ),
    ),
  };
}
