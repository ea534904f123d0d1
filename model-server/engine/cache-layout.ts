import { UserError } from "../../lib/core/user-error.ts";
import type { GraphSignature } from "../../model/graph-signature.ts";
import type { KvLayout } from "./kv-cache.ts";

export type CacheShape = Omit<KvLayout, "block">;

/**
 * The one shape of all key and value tensors of a graph.
 *
 * @throws UserError where sequences can't be decoded together by this graph
 */
export function cacheLayout(signature: GraphSignature, graphFile: string): CacheShape {
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
