import {
  graphAddition,
  graphIntegers,
  graphNode,
  graphOutput,
} from "../../model/graph-addition.ts";
import type { GraphSignature } from "../../model/graph-signature.ts";

/**
 * Output [batch, heads, tensors, head size]: what the last token read adds to each key and value tensor, in the order of
 * the signature's cache.
 */
export const NEW_COLUMNS = "model_server.new_columns";

const END = 0x7fff_ffff;
const AXIS_OF_TIME = 2;

/**
 * Bytes that, put behind those of a model file, give it the output NEW_COLUMNS. onnxruntime-node copies each output that
 * is asked for into fresh memory, also where it is given a tensor to write to: with `present.*` that is the whole
 * cache at every step, more than half of a step's time in a batch of 16.
 */
export function newColumnsAddition({ cache }: Pick<GraphSignature, "cache">): Uint8Array {
  const slices = cache.map(({ present }) => ({ present, column: `model_server.${present}.new` }));
  const bounds = ["start", "end", "axis"].map((name) => `model_server.new_columns.${name}`);
  const [start = "", end = "", axis = ""] = bounds;
  return graphAddition(
    graphIntegers(start, [-1]),
    graphIntegers(end, [END]),
    graphIntegers(axis, [AXIS_OF_TIME]),
    ...slices.map(({ present, column }) => graphNode("Slice", [present, ...bounds], column)),
    graphNode(
      "Concat",
      slices.map(({ column }) => column),
      NEW_COLUMNS,
      { axis: AXIS_OF_TIME },
    ),
    graphOutput(NEW_COLUMNS, cache[0]?.type ?? "float32", [
      "model_server.batch",
      "model_server.heads",
      "model_server.tensors",
      "model_server.head_size",
    ]),
  );
}
