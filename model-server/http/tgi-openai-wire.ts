import type { Finish } from "../engine/generation-parameters.ts";
import type { GeneratedToken } from "../engine/sequence.ts";
import type { ServedModel } from "../served-model.ts";
import { tgiFinishReason, tokenObject } from "./tgi-wire.ts";

/** The objects of TGI 3.3's OpenAI endpoints, field for field and in its order. */

export interface TgiUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

export interface TgiOpenAiFormat {
  /** The event of one token; `usage` is the answer's where it is the last. */
  readonly chunk: (model: ServedModel, generated: GeneratedToken, usage: TgiUsage) => object;
  /** The event after the last token, where usage is asked for and the format has one. */
  readonly usageChunk: (model: ServedModel, usage: TgiUsage) => object | null;
  readonly whole: (model: ServedModel, text: string, finish: Finish, usage: TgiUsage) => object;
}

export const tgiChatFormat: TgiOpenAiFormat = {
  chunk: (model, { text, finish }) => ({
    ...head("chat.completion.chunk", model),
    choices: [
      {
        index: 0,
        delta: { role: "assistant", content: text },
        logprobs: null,
        finish_reason: finish === null ? null : openAiReason(finish),
      },
    ],
    usage: null,
  }),
  usageChunk: (model, usage) => ({
    ...head("chat.completion.chunk", model),
    choices: [],
    usage: usageObject(usage),
  }),
  whole: (model, text, finish, usage) => ({
    ...head("chat.completion", model),
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: text },
        logprobs: null,
        finish_reason: openAiReason(finish),
      },
    ],
    usage: usageObject(usage),
  }),
};

/** The last chunk has another order of keys than the others, and the text of an end-of-text token in it. */
export const tgiCompletionFormat: TgiOpenAiFormat = {
  chunk: (model, generated, usage) => {
    const { object, id, created, ...served } = head("text_completion", model);
    const { finish } = generated;
    const { text } = tokenObject(generated, model);
    const choice = (reason: string) => [{ index: 0, text, logprobs: null, finish_reason: reason }];
    return finish === null
      ? { object, id, created, choices: choice(""), ...served }
      : {
          object,
          id,
          created,
          ...served,
          choices: choice(tgiFinishReason(finish)),
          usage: usageObject(usage),
        };
  },
  usageChunk: () => null,
  whole: (model, text, finish, usage) => ({
    ...head("text_completion", model),
    choices: [{ index: 0, text, logprobs: null, finish_reason: openAiReason(finish) }],
    usage: usageObject(usage),
  }),
};

/** TGI gives its answers no id. */
function head(object: string, { name, digest }: ServedModel) {
  return {
    object,
    id: "",
    created: Math.floor(Date.now() / 1000),
    model: name,
    system_fingerprint: `model-server-${digest.slice(-8)}`,
  };
}

function usageObject({ promptTokens, completionTokens }: TgiUsage): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
  };
}

/** Chat calls the end of text by OpenAI's word, and nothing else. */
function openAiReason(finish: Finish): string {
  const reason = tgiFinishReason(finish);
  return reason === "eos_token" ? "stop" : reason;
}
