import type { Finish } from "../engine/generation-parameters.ts";

/**
 * The objects that vLLM 0.32 sends, field for field and in its order, fields that are always null included: clients
 * of the real server meet what they know.
 */

export interface TokenCounts {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What every object of one answer shares. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly model: string;
  readonly systemFingerprint: string;
}

/** The two endpoints' differences on the wire. */
export interface WireFormat {
  readonly idPrefix: string;
  /** The event before the first token, where the format has one. */
  readonly opening: (head: AnswerHead, usage: object) => object | null;
  readonly chunk: (head: AnswerHead, text: string, finish: Finish | null, usage: object) => object;
  readonly usageChunk: (head: AnswerHead, counts: TokenCounts) => object;
  readonly whole: (
    head: AnswerHead,
    text: string,
    finish: Finish,
    counts: TokenCounts,
    logprobs?: AnswerLogprobs,
  ) => object;
}

/** Whatever of them was asked for; `null`: nothing. */
export interface AnswerLogprobs {
  readonly text: object | null;
  readonly prompt: readonly unknown[] | null;
}

const NO_LOGPROBS: AnswerLogprobs = { text: null, prompt: null };

export function usageOf({ promptTokens, completionTokens }: TokenCounts): object {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
  };
}

const NO_DETAILS = { prompt_tokens_details: null, completion_tokens_details: null } as const;

function shared(head: AnswerHead, object: string): object {
  return { id: head.id, object, created: head.created, model: head.model };
}

function ending(finish: Finish | null): object {
  return finish === null
    ? { finish_reason: null }
    : { finish_reason: finish.reason, stop_reason: finish.stopReason };
}

function closing(head: AnswerHead, counts: TokenCounts): object {
  return { choices: [], usage: usageOf(counts), system_fingerprint: head.systemFingerprint };
}

export const chatFormat: WireFormat = {
  idPrefix: "chatcmpl-",
  opening: (head, usage) => ({
    ...shared(head, "chat.completion.chunk"),
    choices: [
      {
        index: 0,
        delta: { role: "assistant", content: "" },
        logprobs: null,
        finish_reason: null,
      },
    ],
    ...usage,
    prompt_token_ids: null,
    prompt_text: null,
  }),
  chunk: (head, text, finish, usage) => ({
    ...shared(head, "chat.completion.chunk"),
    choices: [
      { index: 0, delta: { content: text }, logprobs: null, ...ending(finish), token_ids: null },
    ],
    ...usage,
  }),
  usageChunk: (head, counts) => ({
    ...shared(head, "chat.completion.chunk"),
    ...closing(head, counts),
  }),
  whole: (head, text, finish, counts, logprobs = NO_LOGPROBS) => ({
    ...shared(head, "chat.completion"),
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: text,
          refusal: null,
          annotations: null,
          audio: null,
          function_call: null,
          tool_calls: [],
          reasoning: null,
        },
        logprobs: null,
        ...ending(finish),
        token_ids: null,
      },
    ],
    service_tier: null,
    system_fingerprint: head.systemFingerprint,
    usage: { ...usageOf(counts), ...NO_DETAILS },
    prompt_logprobs: logprobs.prompt,
    prompt_token_ids: null,
    kv_transfer_params: null,
  }),
};

export const completionFormat: WireFormat = {
  idPrefix: "cmpl-",
  opening: () => null,
  chunk: (head, text, finish, usage) => ({
    ...shared(head, "text_completion"),
    choices: [
      {
        index: 0,
        text,
        logprobs: null,
        finish_reason: finish?.reason ?? null,
        stop_reason: finish?.stopReason ?? null,
        prompt_token_ids: null,
        token_ids: null,
      },
    ],
    ...usage,
  }),
  usageChunk: (head, counts) => ({ ...shared(head, "text_completion"), ...closing(head, counts) }),
  whole: (head, text, finish, counts, logprobs = NO_LOGPROBS) => ({
    ...shared(head, "text_completion"),
    choices: [
      {
        index: 0,
        text,
        logprobs: logprobs.text,
        ...ending(finish),
        token_ids: null,
        prompt_logprobs: logprobs.prompt,
        prompt_token_ids: null,
        routed_experts: null,
      },
    ],
    service_tier: null,
    system_fingerprint: head.systemFingerprint,
    usage: { ...usageOf(counts), ...NO_DETAILS },
    kv_transfer_params: null,
    ec_transfer_params: null,
    metrics: null,
  }),
};
