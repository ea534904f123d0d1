import type { UserErrorCode } from "../../lib/core/user-error.ts";
import type { GenerationParameters } from "./generation-parameters.ts";
import type { GeneratedToken } from "./sequence.ts";
import type { ScoredToken } from "./token-scores.ts";

/** What the HTTP side and the engine's thread say to each other. */

/** `workerData` of the engine's thread. */
export interface EngineOptions {
  readonly modelDirectory: string;
  readonly intraOpThreads: number;
  readonly maxBatch: number;
  readonly prefillBudget: number;
}

export type ToEngine =
  | {
      readonly kind: "generate";
      readonly id: number;
      readonly prompt: readonly number[];
      readonly parameters: GenerationParameters;
    }
  | { readonly kind: "abort"; readonly id: number }
  | { readonly kind: "stop" };

export interface TokenEvent extends GeneratedToken {
  readonly id: number;
}

export type FromEngine =
  /** `maxBatch` is what was asked for, or what the model takes where that is less. */
  | { readonly kind: "ready"; readonly maxBatch: number }
  /** The model can't be loaded; the thread ends. */
  | { readonly kind: "unusable"; readonly message: string; readonly code: UserErrorCode | null }
  /** The request has left the queue and its prompt is being read. */
  | { readonly kind: "started"; readonly id: number }
  /** Where they were asked for: the scores of the prompt's tokens, before the first token. */
  | {
      readonly kind: "prompt";
      readonly id: number;
      readonly scores: readonly (ScoredToken | null)[];
    }
  /** One message a step, with a token for every sequence in it; a prefill's first token comes in one of its own. */
  | {
      readonly kind: "tokens";
      readonly events: readonly TokenEvent[];
      /** Tokens that the model read in this step: prompts' and generated ones. */
      readonly tokensRead: number;
      readonly cachedColumns: number;
    }
  /** The model failed: these sequences are over. */
  | { readonly kind: "failed"; readonly ids: readonly number[]; readonly message: string };
