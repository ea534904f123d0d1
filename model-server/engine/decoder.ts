import type { KvArray } from "./kv-cache.ts";

/** A prompt that has been read: the logits after its last token, and its keys and values. */
export interface PrefilledPrompt {
  readonly logits: Float32Array;
  /** [tokens, vocabulary]: those after each of its tokens. `logits` is the last row. */
  readonly allLogits: Float32Array;
  readonly tokens: number;
  /** One [1, heads, tokens, headSize] array a key or value tensor. Valid until the next prefill. */
  readonly keysAndValues: readonly KvArray[];
}

/**
 * A causal language model with a batch in it. Rows are numbered from 0; when one leaves, the last row takes its number.
 */
export interface Decoder {
  /** Rows that it can decode together. */
  readonly maxRows: number;
  readonly rows: number;
  /** Columns that the batch's key-value cache holds, padding included: rows x length. */
  readonly cachedColumns: number;
  prefill(prompt: readonly number[]): Promise<PrefilledPrompt>;
  /** Adds a prefilled prompt as the last row. */
  join(prompt: PrefilledPrompt): void;
  leave(row: number): void;
  /** Feeds each row its next token; gives each row's logits, which may be changed and hold until the next step. */
  step(tokens: readonly number[]): Promise<readonly Float32Array[]>;
}
