import {
  ELEMENT_TYPE,
  graphAddition,
  graphInput,
  graphIntegers,
  graphNode,
  graphOutput,
} from "../model/graph-addition.ts";

/** Input [1, time] of int64: for each position the token whose probability is asked for. */
export const LABELS = "tradeoff.labels";
/** Output [1, time] of float32: ln of the probability that the model gave to the position's label. */
export const TOKEN_LOGPROB = "tradeoff.token_logprob";

/** From this version on, Unsqueeze and Squeeze take their axes as an input, and LogSoftmax works on one axis. */
export const LOSS_OPSET = 13;

/** Of logits [batch, time, vocabulary]. */
const VOCABULARY_AXIS = 2;
const AXES = "tradeoff.axes";
const SIZES = ["tradeoff.batch", "tradeoff.time"];

/**
 * Bytes that, put behind those of a model file, make it compute each token's log-probability itself, so that one number a
 * token leaves ONNX Runtime and not a row of logits.
 */
export function lossGraphAddition(): Uint8Array {
  return graphAddition(
    // fp16 logits are summed in fp32; for fp32 logits ONNX Runtime drops this node.
    graphNode("Cast", ["logits"], "tradeoff.logits", { to: ELEMENT_TYPE.float32 }),
    graphNode("LogSoftmax", ["tradeoff.logits"], "tradeoff.log_probabilities", {
      axis: VOCABULARY_AXIS,
    }),
    graphIntegers(AXES, [VOCABULARY_AXIS]),
    graphNode("Unsqueeze", [LABELS, AXES], "tradeoff.indices"),
    graphNode(
      "GatherElements",
      ["tradeoff.log_probabilities", "tradeoff.indices"],
      "tradeoff.picked",
      {
        axis: VOCABULARY_AXIS,
      },
    ),
    graphNode("Squeeze", ["tradeoff.picked", AXES], TOKEN_LOGPROB),
    graphInput(LABELS, "int64", SIZES),
    graphOutput(TOKEN_LOGPROB, "float32", SIZES),
  );
}
