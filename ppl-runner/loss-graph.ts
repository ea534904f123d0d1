import { type Encoded, integer, message, text } from "./protobuf-writer.ts";

/** Input [1, time] of int64: for each position the token whose probability is asked for. */
export const LABELS = "tradeoff.labels";
/** Output [1, time] of float32: ln of the probability that the model gave to the position's label. */
export const TOKEN_LOGPROB = "tradeoff.token_logprob";

/** From this version on, Unsqueeze and Squeeze take their axes as an input, and LogSoftmax works on one axis. */
export const LOSS_OPSET = 13;

/** Field numbers of onnx.proto. */
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;
const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, i: 3, type: 20 } as const;
const TENSOR = { dims: 1, dataType: 2, int64Data: 7, name: 8 } as const;
const VALUE_INFO = { name: 1, type: 2 } as const;
const TYPE = { tensor: 1 } as const;
const TENSOR_TYPE = { elementType: 1, shape: 2 } as const;
const SHAPE = { dimension: 1 } as const;
const DIMENSION = { name: 2 } as const;

const FLOAT = 1;
const INT64 = 7;
const INT_ATTRIBUTE = 2;

/** Of logits [batch, time, vocabulary]. */
const VOCABULARY_AXIS = 2;
const AXES = "tradeoff.axes";

/**
 * Bytes that, put behind those of a model file, make it compute each token's log-probability itself, so that one number a
 * token leaves ONNX Runtime and not a row of logits. Protobuf defines the concatenation of two messages as their merge:
 * the graph gains these nodes, one input and one output, and its weights are never touched.
 */
export function lossGraphAddition(): Uint8Array {
  return message(
    MODEL.graph,
    // fp16 logits are summed in fp32; for fp32 logits ONNX Runtime drops this node.
    node("Cast", ["logits"], "tradeoff.logits", ["to", FLOAT]),
    node("LogSoftmax", ["tradeoff.logits"], "tradeoff.log_probabilities", [
      "axis",
      VOCABULARY_AXIS,
    ]),
    node("Unsqueeze", [LABELS, AXES], "tradeoff.indices"),
    node("GatherElements", ["tradeoff.log_probabilities", "tradeoff.indices"], "tradeoff.picked", [
      "axis",
      VOCABULARY_AXIS,
    ]),
    node("Squeeze", ["tradeoff.picked", AXES], TOKEN_LOGPROB),
    message(
      GRAPH.initializer,
      integer(TENSOR.dims, 1),
      integer(TENSOR.dataType, INT64),
      integer(TENSOR.int64Data, VOCABULARY_AXIS),
      text(TENSOR.name, AXES),
    ),
    matrix(GRAPH.input, LABELS, INT64),
    matrix(GRAPH.output, TOKEN_LOGPROB, FLOAT),
  );
}

function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attribute?: readonly [name: string, value: number],
): Encoded {
  return message(
    GRAPH.node,
    ...inputs.map((input) => text(NODE.input, input)),
    text(NODE.output, output),
    text(NODE.name, output),
    text(NODE.opType, operator),
    ...(attribute === undefined
      ? []
      : [
          message(
            NODE.attribute,
            text(ATTRIBUTE.name, attribute[0]),
            integer(ATTRIBUTE.i, attribute[1]),
            integer(ATTRIBUTE.type, INT_ATTRIBUTE),
          ),
        ]),
  );
}

function matrix(field: number, name: string, elementType: number): Encoded {
  const dimension = (size: string): Encoded => message(SHAPE.dimension, text(DIMENSION.name, size));
  const shape = message(TENSOR_TYPE.shape, dimension("tradeoff.batch"), dimension("tradeoff.time"));
  return message(
    field,
    text(VALUE_INFO.name, name),
    message(
      VALUE_INFO.type,
      message(TYPE.tensor, integer(TENSOR_TYPE.elementType, elementType), shape),
    ),
  );
}
