import { type InferenceSession, Tensor } from "onnxruntime-node";
import type { GraphSignature } from "../../model/graph-signature.ts";
import { int64, promptFeeds } from "../../model/prompt-feeds.ts";
import { NEW_COLUMNS } from "./column-graph.ts";
import type { Decoder, PrefilledPrompt } from "./decoder.ts";
import { float16ToFloat32 } from "./float16.ts";
import { BatchKvCache, type KvArray, type KvLayout } from "./kv-cache.ts";

/** What stays the same from step to step until a row joins or leaves or the columns change. */
interface StepFeeds {
  readonly rows: number;
  readonly columns: number;
  /** [rows, columns + 1]: 1 for a row's own tokens and for the one that is being read, which is the last column. */
  readonly mask: BigInt64Array;
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/**
 * Decodes a batch whose rows are padded on the right, under a mask: a token's position goes in by itself, so that where
 * its keys lie makes no difference.
 */
export class OnnxDecoder implements Decoder {
  readonly #session: InferenceSession;
  readonly #signature: GraphSignature;
  readonly #cache: BatchKvCache;
  readonly maxRows: number;
  #feeds: StepFeeds | null = null;

  /** @param session of a graph that has the output NEW_COLUMNS too */
  constructor(session: InferenceSession, signature: GraphSignature, layout: KvLayout) {
    this.#session = session;
    this.#signature = signature;
    this.#cache = new BatchKvCache(layout);
    this.maxRows = layout.block === 1 ? 1 : Number.POSITIVE_INFINITY;
  }

  get rows(): number {
    return this.#cache.rows;
  }

  get cachedColumns(): number {
    return this.#cache.rows * this.#cache.columns;
  }

  async prefill(prompt: readonly number[]): Promise<PrefilledPrompt> {
    const signature = this.#signature;
    const names = ["logits", ...signature.cache.map(({ present }) => present)];
    const output = await this.#session.run(promptFeeds(signature, prompt), names);
    const logits = floats(output["logits"]);
    return {
      tokens: prompt.length,
      logits: logits.subarray((prompt.length - 1) * signature.vocabularySize),
      allLogits: logits,
      keysAndValues: signature.cache.map(({ present }) => halfOrFloat(output[present])),
    };
  }

  join(prompt: PrefilledPrompt): void {
    this.#cache.append(prompt.keysAndValues, prompt.tokens);
    this.#feeds = null;
  }

  leave(row: number): void {
    this.#cache.remove(row);
    this.#feeds = null;
  }

  async step(tokens: readonly number[]): Promise<readonly Float32Array[]> {
    const { mask, tensors } = this.#stepFeeds();
    const shape = [tokens.length, 1];
    const feeds: Record<string, Tensor> = { ...tensors, input_ids: int64(tokens, shape) };
    if (this.#signature.hasPositionIds) {
      const positions = tokens.map((_, row) => this.#cache.tokensOf(row));
      feeds["position_ids"] = int64(positions, shape);
    }
    const output = await this.#session.run(feeds, ["logits", NEW_COLUMNS]);
    this.#see(mask);
    this.#cache.addColumns(halfOrFloat(output[NEW_COLUMNS]));
    const logits = floats(output["logits"]);
    const width = this.#signature.vocabularySize;
    return tokens.map((_, row) => logits.subarray(row * width, (row + 1) * width));
  }

  /** From now on each row sees the token that it has just read. */
  #see(mask: BigInt64Array): void {
    const { rows, columns } = this.#cache;
    for (let row = 0; row < rows; row++) mask[row * (columns + 1) + this.#cache.tokensOf(row)] = 1n;
  }

  #stepFeeds(): StepFeeds {
    const { rows, columns } = this.#cache;
    if (this.#feeds?.rows === rows && this.#feeds.columns === columns) return this.#feeds;
    const mask = new BigInt64Array(rows * (columns + 1));
    for (let row = 0; row < rows; row++) {
      const start = row * (columns + 1);
      mask.fill(1n, start, start + this.#cache.tokensOf(row));
      mask[start + columns] = 1n;
    }
    const tensors: Record<string, Tensor> = {
      attention_mask: new Tensor("int64", mask, [rows, columns + 1]),
    };
    this.#signature.cache.forEach(({ past, type, heads, headSize }, index) => {
      const shape = [rows, heads, columns, headSize];
      tensors[past] = new Tensor(type, this.#cache.tensor(index), shape);
    });
    this.#feeds = { rows, columns, mask, tensors };
    return this.#feeds;
  }
}

function floats(tensor: Tensor | undefined): Float32Array {
  const values = halfOrFloat(tensor);
  return values instanceof Float32Array ? values : float16ToFloat32(values);
}

function halfOrFloat(tensor: Tensor | undefined): KvArray {
  const data = tensor?.data;
  if (data instanceof Float32Array || data instanceof Uint16Array) return data;
  throw new TypeError("the model gave an output that is neither float32 nor float16");
}
