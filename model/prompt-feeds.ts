import { Tensor } from "onnxruntime-node";
import type { GraphSignature } from "./graph-signature.ts";

/** Inputs that read one sequence from its start: batch 1, nothing padded, nothing cached. */
export function promptFeeds(
  signature: GraphSignature,
  ids: readonly number[],
): Record<string, Tensor> {
  const shape = [1, ids.length];
  const feeds: Record<string, Tensor> = { input_ids: int64(ids, shape) };
  if (signature.hasAttentionMask)
    feeds["attention_mask"] = int64(
      ids.map(() => 1),
      shape,
    );
  if (signature.hasPositionIds)
    feeds["position_ids"] = int64(
      ids.map((_, index) => index),
      shape,
    );
  for (const { past, type, heads, headSize } of signature.cache) {
    const nothing = [1, heads, 0, headSize];
    feeds[past] =
      type === "float32"
        ? new Tensor("float32", new Float32Array(0), nothing)
        : new Tensor("float16", new Uint16Array(0), nothing);
  }
  return feeds;
}

export function int64(values: readonly number[], shape: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), shape);
}
