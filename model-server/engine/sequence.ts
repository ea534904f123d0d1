import type { Finish, GenerationParameters } from "./generation-parameters.ts";
import {
  createIncrementalDetokenizer,
  type DecodeTokens,
  type IncrementalDetokenizer,
} from "./incremental-detokenizer.ts";
import { createSampler, type Sampler } from "./sampler.ts";
import { createStopStrings, type StopStrings } from "./stop-strings.ts";

export interface GeneratedToken {
  readonly token: number;
  /** The text that may be shown now; "" while a character or a possible stop string is incomplete. */
  readonly text: string;
  readonly finish: Finish | null;
}

/** One request being generated: chooses its tokens, turns them to text and knows when it is over. */
export class Sequence {
  readonly id: number;
  readonly prompt: readonly number[];
  readonly #parameters: GenerationParameters;
  readonly #endTokens: ReadonlySet<number>;
  readonly #modelEndTokens: ReadonlySet<number>;
  readonly #sampler: Sampler;
  readonly #detokenizer: IncrementalDetokenizer;
  readonly #stopStrings: StopStrings;
  #generated = 0;

  constructor(
    id: number,
    prompt: readonly number[],
    parameters: GenerationParameters,
    model: { readonly eosTokenIds: readonly number[]; readonly decode: DecodeTokens },
  ) {
    this.id = id;
    this.prompt = prompt;
    this.#parameters = parameters;
    this.#modelEndTokens = new Set(parameters.ignoreEos ? [] : model.eosTokenIds);
    this.#endTokens = new Set([...this.#modelEndTokens, ...parameters.stopTokenIds]);
    this.#sampler = createSampler(parameters.sampling);
    this.#detokenizer = createIncrementalDetokenizer(model.decode);
    this.#stopStrings = createStopStrings(parameters.stop, parameters.includeStopInOutput);
  }

  /** Chooses the next token. `logits` is this sequence's row; tokens that may not come yet are struck out in it. */
  next(logits: Float32Array): GeneratedToken {
    if (this.#generated < this.#parameters.minTokens) {
      for (const end of this.#endTokens) logits[end] = Number.NEGATIVE_INFINITY;
    }
    const token = this.#sampler(logits);
    this.#generated++;
    if (this.#endTokens.has(token)) {
      const stopReason = this.#modelEndTokens.has(token) ? null : token;
      return this.#end(token, "", { reason: "stop", stopReason });
    }
    const text = this.#detokenizer.push(token);
    // Before min_tokens a stop string is ordinary text, as in vLLM.
    const mayStop = this.#generated > this.#parameters.minTokens;
    const scan = mayStop ? this.#stopStrings.push(text) : { text, matched: null };
    if (scan.matched !== null) {
      return { token, text: scan.text, finish: { reason: "stop", stopReason: scan.matched } };
    }
    if (this.#generated >= this.#parameters.maxTokens) {
      return this.#end(token, scan.text, { reason: "length", stopReason: null });
    }
    return { token, text: scan.text, finish: null };
  }

  /** The last token: whatever was held back belongs to the text now, unless it completes a stop string. */
  #end(token: number, text: string, finish: Finish): GeneratedToken {
    const scan = this.#stopStrings.push(this.#detokenizer.flush());
    if (scan.matched !== null) {
      return {
        token,
        text: text + scan.text,
        finish: { reason: "stop", stopReason: scan.matched },
      };
    }
    return { token, text: text + scan.text + this.#stopStrings.flush(), finish };
  }
}
