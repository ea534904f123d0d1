import { type InferenceSession, Tensor } from "onnxruntime-node";
import { UserError } from "../../lib/core/user-error.ts";
import type { Decoder, PrefilledPrompt } from "./decoder.ts";
import { BatchKvCache, type KvArray, type KvLayout } from "./kv-cache.ts";

type Feeds = Record<string, Tensor>;

interface CacheTensor {
  readonly past: string;
  readonly present: string;
}

/**
 * Decodes with a graph as Optimum exports it (`input_ids`, `attention_mask`, `position_ids`,
 * `past_key_values.N.key|value` -> `logits`, `present.N.key|value`). The outputs of a step are written by ONNX Runtime
 * straight into the buffers that the next step reads.
 */
export class OnnxDecoder implements Decoder {
  readonly #session: InferenceSession;
  readonly #tensors: readonly CacheTensor[];
  readonly #hasPositions: boolean;
  readonly #vocabularySize: number;
  readonly #cache: BatchKvCache;
  #logits: Float32Array;

  /** @throws UserError where the graph is of another layout */
  constructor(session: InferenceSession, modelDirectory: string) {
    const graph = readGraph(session, modelDirectory);
    this.#session = session;
    this.#tensors = graph.tensors;
    this.#hasPositions = graph.hasPositions;
    this.#vocabularySize = graph.vocabularySize;
    this.#cache = new BatchKvCache(graph.layout);
    this.#logits = new Float32Array(graph.vocabularySize);
  }

  get rows(): number {
    return this.#cache.rows;
  }

  get cachedColumns(): number {
    return this.#cache.rows * this.#cache.length;
  }

  async prefill(prompt: readonly number[]): Promise<PrefilledPrompt> {
    const tokens = prompt.length;
    const ids = BigInt64Array.from(prompt, BigInt);
    const feeds: Feeds = {
      input_ids: new Tensor("int64", ids, [1, tokens]),
      attention_mask: new Tensor("int64", new BigInt64Array(tokens).fill(1n), [1, tokens]),
    };
    if (this.#hasPositions) {
      const positions = BigInt64Array.from(ids, (_, index) => BigInt(index));
      feeds["position_ids"] = new Tensor("int64", positions, [1, tokens]);
    }
    const { type, heads, headSize } = this.#cache.layout;
    const empty = type === "float32" ? new Float32Array(0) : new Uint16Array(0);
    for (const { past } of this.#tensors) {
      feeds[past] = new Tensor(type, empty, [1, heads, 0, headSize]);
    }
    const output = await this.#session.run(feeds);
    const logits = floats(output["logits"]);
    return {
      tokens,
      logits: logits.subarray((tokens - 1) * this.#vocabularySize),
      keysAndValues: this.#tensors.map(({ present }) => kvArray(output[present])),
    };
  }

  join(prompt: PrefilledPrompt): void {
    this.#cache.append(prompt.keysAndValues, prompt.tokens);
  }

  leave(row: number): void {
    this.#cache.remove(row);
  }

  async step(tokens: readonly number[]): Promise<readonly Float32Array[]> {
    const { rows, length } = this.#cache;
    const { heads, headSize, type } = this.#cache.layout;
    const feeds: Feeds = {
      input_ids: new Tensor("int64", BigInt64Array.from(tokens, BigInt), [rows, 1]),
      attention_mask: new Tensor("int64", this.#attentionMask(), [rows, length + 1]),
    };
    if (this.#hasPositions) {
      const positions = BigInt64Array.from(tokens, (_, row) => BigInt(this.#cache.tokensOf(row)));
      feeds["position_ids"] = new Tensor("int64", positions, [rows, 1]);
    }
    const size = rows * this.#vocabularySize;
    if (this.#logits.length < size) this.#logits = new Float32Array(size);
    const logits = this.#logits.subarray(0, size);
    const fetches: Feeds = {
      logits: new Tensor("float32", logits, [rows, 1, this.#vocabularySize]),
    };
    this.#tensors.forEach(({ past, present }, index) => {
      const pastShape = [rows, heads, length, headSize];
      const presentShape = [rows, heads, length + 1, headSize];
      feeds[past] = new Tensor(type, this.#cache.past(index), pastShape);
      fetches[present] = new Tensor(type, this.#cache.present(index), presentShape);
    });
    await this.#session.run(feeds, fetches);
    this.#cache.advance();
    return tokens.map((_, row) =>
      logits.subarray(row * this.#vocabularySize, (row + 1) * this.#vocabularySize),
    );
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
}

interface Graph {
  readonly tensors: readonly CacheTensor[];
  readonly layout: KvLayout;
  readonly hasPositions: boolean;
  readonly vocabularySize: number;
}

function readGraph(session: InferenceSession, directory: string): Graph {
  const refuse = (what: string): UserError =>
    new UserError(
      "bad-input",
      `${directory}: ${what}. The server takes decoders as \`optimum-cli export onnx --task text-generation-with-past\` ` +
        "writes them: input_ids, attention_mask, position_ids and past_key_values.N.key|value to logits and present.N.key|value.",
    );
  const tensors: CacheTensor[] = [];
  let layout: KvLayout | null = null;
  for (const input of session.inputMetadata) {
    const name = /^past_key_values(\.\d+\.(?:key|value))$/.exec(input.name)?.[1];
    if (name === undefined) {
      if (["input_ids", "attention_mask", "position_ids"].includes(input.name)) continue;
      throw refuse(`the graph wants an input ${JSON.stringify(input.name)}`);
    }
    const [, heads, , headSize] = input.isTensor ? input.shape : [];
    const type = input.isTensor ? input.type : "string";
    if (typeof heads !== "number" || typeof headSize !== "number") {
      throw refuse(`${input.name} has no fixed number of heads and head size`);
    }
    if (type !== "float32" && type !== "float16") throw refuse(`${input.name} is ${type}`);
    const next: Omit<KvLayout, "tensors"> = { heads, headSize, type };
    if (
      layout !== null &&
      (layout.heads !== heads || layout.headSize !== headSize || layout.type !== type)
    ) {
      throw refuse(`${input.name} has another shape than the layers before it`);
    }
    tensors.push({ past: input.name, present: `present${name}` });
    layout = { ...next, tensors: tensors.length };
  }
  if (layout === null)
    throw refuse("the graph has no past_key_values inputs (exported without a cache?)");
  for (const needed of ["input_ids", "attention_mask"]) {
    if (!session.inputNames.includes(needed)) throw refuse(`the graph has no input ${needed}`);
  }
  for (const { present } of tensors) {
    if (!session.outputNames.includes(present)) throw refuse(`the graph has no output ${present}`);
  }
  const logits = session.outputMetadata.find((output) => output.name === "logits");
  const vocabularySize = logits?.isTensor === true ? logits.shape[2] : undefined;
  if (
    logits?.isTensor !== true ||
    logits.type !== "float32" ||
    typeof vocabularySize !== "number"
  ) {
    throw refuse("the graph has no output logits of float32 [batch, sequence, vocabulary]");
  }
  return {
    tensors,
    layout,
    hasPositions: session.inputNames.includes("position_ids"),
    vocabularySize,
  };
}

function floats(tensor: Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new TypeError("the model gave no float32 logits");
}

function kvArray(tensor: Tensor | undefined): KvArray {
  const data = tensor?.data;
  if (data instanceof Float32Array || data instanceof Uint16Array) return data;
  throw new TypeError("the model gave no keys and values");
}
