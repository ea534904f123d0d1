import { type InferenceSession, Tensor } from "onnxruntime-node";
import { UserError } from "../../lib/core/user-error.ts";
import type { GraphSignature } from "../../model/graph-signature.ts";
import { int64, promptFeeds } from "../../model/prompt-feeds.ts";
import { NEW_COLUMNS } from "./column-graph.ts";
import type { Decoder, PrefilledPrompt } from "./decoder.ts";
import { float16ToFloat32 } from "./float16.ts";
import { BatchKvCache, type KvArray, type KvLayout } from "./kv-cache.ts";

/** A graph in Optimum's convention that has the output NEW_COLUMNS too. */
export interface DecoderGraph {
  readonly session: InferenceSession;
  readonly signature: GraphSignature;
  /** What to name in complaints. */
  readonly graphFile: string;
}

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
  readonly #graph: DecoderGraph;
  readonly #cache: BatchKvCache;
  #feeds: StepFeeds | null = null;

  /** @throws UserError where sequences can't be decoded together by this graph */
  constructor(graph: DecoderGraph) {
    this.#graph = graph;
    this.#cache = new BatchKvCache(cacheLayout(graph.signature, graph.graphFile));
  }

  get rows(): number {
    return this.#cache.rows;
  }

  get cachedColumns(): number {
    return this.#cache.rows * this.#cache.columns;
  }

  async prefill(prompt: readonly number[]): Promise<PrefilledPrompt> {
    const { session, signature } = this.#graph;
    const names = ["logits", ...signature.cache.map(({ present }) => present)];
    const output = await session.run(promptFeeds(signature, prompt), names);
    const logits = floats(output["logits"]);
    return {
      tokens: prompt.length,
      logits: logits.subarray((prompt.length - 1) * signature.vocabularySize),
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
    const { session, signature } = this.#graph;
    const { mask, tensors } = this.#stepFeeds();
    const shape = [tokens.length, 1];
    const feeds: Record<string, Tensor> = { ...tensors, input_ids: int64(tokens, shape) };
    if (signature.hasPositionIds) {
      const positions = tokens.map((_, row) => this.#cache.tokensOf(row));
      feeds["position_ids"] = int64(positions, shape);
    }
    const output = await session.run(feeds, ["logits", NEW_COLUMNS]);
    const { columns } = this.#cache;
    tokens.forEach((_, row) => {
      mask[row * (columns + 1) + this.#cache.tokensOf(row)] = 1n;
    });
    this.#cache.addColumns(halfOrFloat(output[NEW_COLUMNS]));
    const logits = floats(output["logits"]);
    const width = signature.vocabularySize;
    return tokens.map((_, row) => logits.subarray(row * width, (row + 1) * width));
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
    this.#graph.signature.cache.forEach(({ past, type, heads, headSize }, index) => {
      const shape = [rows, heads, columns, headSize];
      tensors[past] = new Tensor(type, this.#cache.tensor(index), shape);
    });
    this.#feeds = { rows, columns, mask, tensors };
    return this.#feeds;
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

function floats(tensor: Tensor | undefined): Float32Array {
  const values = halfOrFloat(tensor);
  return values instanceof Float32Array ? values : float16ToFloat32(values);
}

function halfOrFloat(tensor: Tensor | undefined): KvArray {
  const data = tensor?.data;
  if (data instanceof Float32Array || data instanceof Uint16Array) return data;
  throw new TypeError("the model gave an output that is neither float32 nor float16");
}
