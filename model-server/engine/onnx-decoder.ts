import { Tensor } from "onnxruntime-node";
import { UserError } from "../../lib/core/user-error.ts";
import type { GraphSignature } from "../../model/graph-signature.ts";
import type { OnnxModel } from "../../model/onnx-model.ts";
import { int64, promptFeeds } from "../../model/prompt-feeds.ts";
import type { Decoder, PrefilledPrompt } from "./decoder.ts";
import { float16ToFloat32 } from "./float16.ts";
import { BatchKvCache, type KvArray, type KvLayout } from "./kv-cache.ts";

/**
 * Decodes with a graph in Optimum's convention. A step's new keys and values are written by ONNX Runtime straight into
 * the buffers that the next step reads.
 */
export class OnnxDecoder implements Decoder {
  readonly #model: OnnxModel;
  readonly #cache: BatchKvCache;
  /** Where the graph writes the logits. */
  #logits: KvArray;

  /** @throws UserError where sequences can't be decoded together by this graph */
  constructor(model: OnnxModel) {
    this.#model = model;
    this.#cache = new BatchKvCache(cacheLayout(model.signature, model.graphFile));
    this.#logits = this.#newLogits(0);
  }

  get rows(): number {
    return this.#cache.rows;
  }

  get cachedColumns(): number {
    return this.#cache.rows * this.#cache.length;
  }

  async prefill(prompt: readonly number[]): Promise<PrefilledPrompt> {
    const { session, signature } = this.#model;
    const output = await session.run(promptFeeds(signature, prompt));
    const logits = halfOrFloat(output["logits"]);
    const last = logits.subarray((prompt.length - 1) * signature.vocabularySize);
    return {
      tokens: prompt.length,
      logits: last instanceof Float32Array ? last : float16ToFloat32(last),
      keysAndValues: signature.cache.map(({ present }) => halfOrFloat(output[present])),
    };
  }

  join(prompt: PrefilledPrompt): void {
    this.#cache.append(prompt.keysAndValues, prompt.tokens);
  }

  leave(row: number): void {
    this.#cache.remove(row);
  }

  async step(tokens: readonly number[]): Promise<readonly Float32Array[]> {
    const { session, signature } = this.#model;
    const { rows, length } = this.#cache;
    const feeds: Record<string, Tensor> = {
      input_ids: int64(tokens, [rows, 1]),
      attention_mask: new Tensor("int64", this.#attentionMask(), [rows, length + 1]),
    };
    if (signature.hasPositionIds) {
      const positions = tokens.map((_, row) => this.#cache.tokensOf(row));
      feeds["position_ids"] = int64(positions, [rows, 1]);
    }
    const logits = this.#logitsOf(rows);
    const fetches: Record<string, Tensor> = {
      logits: new Tensor(signature.logitsType, logits, [rows, 1, signature.vocabularySize]),
    };
    signature.cache.forEach(({ past, present, type, heads, headSize }, index) => {
      feeds[past] = new Tensor(type, this.#cache.past(index), [rows, heads, length, headSize]);
      const shape = [rows, heads, length + 1, headSize];
      fetches[present] = new Tensor(type, this.#cache.present(index), shape);
    });
    await session.run(feeds, fetches);
    this.#cache.advance();
    const floats = logits instanceof Float32Array ? logits : float16ToFloat32(logits);
    const width = signature.vocabularySize;
    return tokens.map((_, row) => floats.subarray(row * width, (row + 1) * width));
  }

  /** 0 for padding, 1 for a row's own tokens and the one that is being read. */
  #attentionMask(): BigInt64Array {
    const { rows, length } = this.#cache;
    const columns = length + 1;
    const mask = new BigInt64Array(rows * columns).fill(1n);
    for (let row = 0; row < rows; row++) {
      const padding = length - this.#cache.tokensOf(row);
      mask.fill(0n, row * columns, row * columns + padding);
    }
    return mask;
  }

  #logitsOf(rows: number): KvArray {
    const size = rows * this.#model.signature.vocabularySize;
    if (this.#logits.length < size) this.#logits = this.#newLogits(size);
    return this.#logits.subarray(0, size);
  }

  #newLogits(size: number): KvArray {
    return this.#model.signature.logitsType === "float32"
      ? new Float32Array(size)
      : new Uint16Array(size);
  }
}

/** @throws UserError where sequences can't be decoded together by this graph */
function cacheLayout(signature: GraphSignature, graphFile: string): KvLayout {
  const refuse = (what: string): UserError =>
    new UserError("bad-input", `${graphFile} ${what}, so it can't be served`);
  const [first] = signature.cache;
  if (first === undefined) {
    throw refuse(
      "has no past_key_values inputs (exported with `--task text-generation`, not `text-generation-with-past`?)",
    );
  }
  if (!signature.hasAttentionMask) throw refuse("has no input attention_mask");
  const { heads, headSize, type } = first;
  for (const tensor of signature.cache) {
    if (tensor.heads !== heads || tensor.headSize !== headSize || tensor.type !== type) {
      throw refuse(`has caches of several shapes: ${tensor.past} differs from ${first.past}`);
    }
  }
  return { tensors: signature.cache.length, heads, headSize, type };
}

function halfOrFloat(tensor: Tensor | undefined): KvArray {
  const data = tensor?.data;
  if (data instanceof Float32Array || data instanceof Uint16Array) return data;
  throw new TypeError("the model gave an output that is neither float32 nor float16");
}
