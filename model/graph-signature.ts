import type { InferenceSession, Tensor } from "onnxruntime-node";
import { UserError } from "../lib/core/user-error.ts";
import { DECODER_CONVENTION, type ModelDirectory } from "./model-directory.ts";

/** One input of the cache and its output. */
interface CacheTensor {
  readonly past: string;
  readonly present: string;
  readonly type: "float32" | "float16";
  readonly heads: number;
  readonly headSize: number;
}

/** Inputs and outputs of a decoder's graph in the convention of `optimum-cli export onnx`. */
export interface GraphSignature {
  readonly hasAttentionMask: boolean;
  readonly hasPositionIds: boolean;
  /** In the order of the layers, key before value; empty for a graph exported without a cache. */
  readonly cache: readonly CacheTensor[];
  readonly logitsType: "float32" | "float16";
  /** Length of a row of `logits`. */
  readonly vocabularySize: number;
}

/**
 * @param ownInputs inputs that the caller added to the graph
 * @throws UserError where the graph is of another convention or another model than `config.json`
 */
export function readGraphSignature(
  session: InferenceSession,
  model: ModelDirectory,
  ownInputs: readonly string[] = [],
): GraphSignature {
  const refuse = (what: string): UserError =>
    new UserError("bad-input", `${model.graphFile} ${what}; ${DECODER_CONVENTION}`);
  const inputs = new Map(session.inputMetadata.map((input) => [input.name, input]));
  const outputs = new Map(session.outputMetadata.map((output) => [output.name, output]));
  const logits = outputs.get("logits");
  if (logits === undefined || !logits.isTensor || logits.shape.length !== 3) {
    throw refuse("has no output logits of [batch, sequence, vocabulary]");
  }
  const cache: CacheTensor[] = [];
  for (const input of inputs.values()) {
    if (ownInputs.includes(input.name)) continue;
    const type = input.isTensor ? input.type : "no tensor";
    if (["input_ids", "attention_mask", "position_ids"].includes(input.name)) {
      if (type !== "int64") throw refuse(`has an input ${input.name} of ${type}; int64 is known`);
      continue;
    }
    const layer = /^past_key_values(\.\d+\.(?:key|value))$/.exec(input.name)?.[1];
    if (layer === undefined) throw refuse(`wants an input ${input.name}, which is not known`);
    const present = `present${layer}`;
    if (!outputs.has(present)) throw refuse(`has an input ${input.name} but no output ${present}`);
    const [, heads, , headSize] = input.isTensor ? input.shape : [];
    cache.push({
      past: input.name,
      present,
      type: floatType(type, input.name, refuse),
      heads: typeof heads === "number" ? heads : model.config.keyValueHeads,
      headSize: typeof headSize === "number" ? headSize : model.config.headSize,
    });
  }
  if (cache.length > 0 && cache.length !== 2 * model.config.layers) {
    throw refuse(
      `has ${cache.length} past_key_values inputs, but config.json says ${model.config.layers} layers (2 inputs each)`,
    );
  }
  const width = logits.shape[2];
  const vocabularySize = typeof width === "number" ? width : model.config.vocabularySize;
  if (vocabularySize < model.tokenizer.size) {
    throw refuse(
      `gives logits of ${vocabularySize} tokens, but tokenizer.json gives ids up to ${model.tokenizer.size - 1}`,
    );
  }
  return {
    hasAttentionMask: inputs.has("attention_mask"),
    hasPositionIds: inputs.has("position_ids"),
    cache,
    logitsType: floatType(logits.type, "logits", refuse),
    vocabularySize,
  };
}

function floatType(
  type: Tensor.Type | "no tensor",
  name: string,
  refuse: (what: string) => UserError,
): "float32" | "float16" {
  if (type === "float32" || type === "float16") return type;
  throw refuse(`has ${name} of ${type}; float32 and float16 are known`);
}
