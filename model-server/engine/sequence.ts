import type { Finish, GenerationParameters } from "./generation-parameters.ts";
import {
  createIncrementalDetokenizer,
  type DecodeTokens,
  type IncrementalDetokenizer,
} from "./incremental-detokenizer.ts";
import { createSampler, type Sampler } from "./sampler.ts";
import { createStopStrings, createTokenEndStops, type StopStrings } from "./stop-strings.ts";
import { type ScoredToken, scoreText, scoreToken } from "./token-scores.ts";

export interface GeneratedToken {
  readonly token: number;
  /** The text that may be shown now; "" while a character or a possible stop string is incomplete. */
  readonly text: string;
  readonly finish: Finish | null;
  /** `null` where it was not asked for. */
  readonly score: ScoredToken | null;
}

type Shown = Pick<GeneratedToken, "text" | "finish">;

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
    const { stop, stopRule } = parameters;
    this.#stopStrings =
      stopRule === "token-end"
        ? createTokenEndStops(stop)
        : createStopStrings(stop, stopRule === "include");
  }

  /** `null` where they were not asked for. `logits` holds a row for each token of the prompt. */
  scorePrompt(logits: Float32Array): readonly (ScoredToken | null)[] | null {
    const { promptScores } = this.#parameters;
    return promptScores === null ? null : scoreText(logits, this.prompt, promptScores);
  }

  /** Chooses the next token. `logits` is this sequence's row; tokens that may not come yet are struck out in it. */
  next(logits: Float32Array): GeneratedToken {
    const { scores, minTokens } = this.#parameters;
    const mayEnd = this.#generated >= minTokens;
    const unchanged = scores === null || mayEnd ? logits : logits.slice();
    if (!mayEnd) for (const end of this.#endTokens) logits[end] = Number.NEGATIVE_INFINITY;
    const token = this.#sampler(logits);
    const score = scores === null ? null : scoreToken(unchanged, token, scores);
    return { token, score, ...this.#show(token) };
  }

  #show(token: number): Shown {
    this.#generated++;
    if (this.#endTokens.has(token)) {
      const stopReason = this.#modelEndTokens.has(token) ? null : token;
      return this.#end("", { reason: "stop", stopReason });
    }
    const text = this.#detokenizer.push(token);
    // Before min_tokens a stop string is ordinary text, as in vLLM.
    const mayStop = this.#generated > this.#parameters.minTokens;
    const scan = mayStop ? this.#stopStrings.push(text) : { text, matched: null };
    if (scan.matched !== null) {
      return { text: scan.text, finish: { reason: "stop", stopReason: scan.matched } };
    }
    if (this.#generated >= this.#parameters.maxTokens) {
      return this.#end(scan.text, { reason: "length", stopReason: null });
    }
    return { text: scan.text, finish: null };
  }

  /** The last token: whatever was held back belongs to the text now, unless it completes a stop string. */
  #end(text: string, finish: Finish): Shown {
    const scan = this.#stopStrings.push(this.#detokenizer.flush());
    if (scan.matched !== null) {
      return { text: text + scan.text, finish: { reason: "stop", stopReason: scan.matched } };
    }
    return { text: text + scan.text + this.#stopStrings.flush(), finish };
  }
}
