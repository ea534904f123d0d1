/** How one sequence is to be generated; every surface's request comes down to this. Plain data: it crosses to the worker. */
export interface GenerationParameters {
  /** At least 1; the surface has already cut it to what the context window leaves. */
  readonly maxTokens: number;
  /** No end of text and no stop string before this many tokens. */
  readonly minTokens: number;
  readonly ignoreEos: boolean;
  /** Token ids that end the text besides the model's own. */
  readonly stopTokenIds: readonly number[];
  readonly stop: readonly string[];
  readonly stopRule: StopRule;
  /** What to tell of each generated token: its own log-probability and this many likeliest ones; `null`: nothing. */
  readonly scores: number | null;
  /** The same of each token of the prompt but its first. */
  readonly promptScores: number | null;
  readonly sampling: Sampling;
}

/**
 * Where a stop string ends the text. `cut` before it and `include` behind it, wherever it is met: text that may still become
 * one is held back. `token-end`: only where the text so far ends with it, which is all shown as it comes, as TGI does.
 */
type StopRule = "cut" | "include" | "token-end";

export type Sampling = { readonly kind: "greedy" } | SampledChoice;

export interface SampledChoice {
  readonly kind: "sampled";
  /** Over 0. */
  readonly temperature: number;
  /** (0, 1]; 1 keeps all. */
  readonly topP: number;
  /** 0 keeps all. */
  readonly topK: number;
  readonly seed: number;
}

/** Why a sequence ended, in the words of OpenAI's `finish_reason`. */
export interface Finish {
  readonly reason: "stop" | "length";
  /** The stop string or token id that was met; `null` for the end of text and for `length`. */
  readonly stopReason: string | number | null;
}
