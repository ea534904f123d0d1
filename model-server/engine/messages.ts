import type { UserErrorCode } from "../../lib/core/user-error.ts";
import type { Finish, GenerationParameters } from "./generation-parameters.ts";

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

export interface TokenEvent {
  readonly id: number;
  readonly text: string;
  readonly finish: Finish | null;
}

export type FromEngine =
  /** `maxBatch` is what was asked for, or what the model takes where that is less. */
  | { readonly kind: "ready"; readonly maxBatch: number }
  /** The model can't be loaded; the thread ends. */
  | { readonly kind: "unusable"; readonly message: string; readonly code: UserErrorCode | null }
  /** The request has left the queue and its prompt is being read. */
  | { readonly kind: "started"; readonly id: number }
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
