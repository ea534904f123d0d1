import { type Encoded, integer, message, text } from "./protobuf-writer.ts";

/**
 * Pieces of an ONNX graph, encoded. Protobuf defines the concatenation of two messages as their merge, so the bytes of
 * `graphAddition` put behind those of a model file add nodes, inputs and outputs to its graph; its weights are never
 * touched.
 */

/** Field numbers of onnx.proto. */
const MODEL = { graph: 7 } as const;
const GRAPH = { node: 1, initializer: 5, input: 11, output: 12 } as const;
const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, i: 3, type: 20 } as const;
const TENSOR = { dims: 1, dataType: 2, name: 8, rawData: 9 } as const;
const VALUE_INFO = { name: 1, type: 2 } as const;
const TYPE = { tensor: 1 } as const;
const TENSOR_TYPE = { elementType: 1, shape: 2 } as const;
const SHAPE = { dimension: 1 } as const;
const DIMENSION = { name: 2 } as const;
/** Numbers of `TensorProto.DataType`. */
export const ELEMENT_TYPE = { float32: 1, int64: 7, float16: 10 } as const;
const INT_ATTRIBUTE = 2;

export function graphAddition(...pieces: readonly Encoded[]): Uint8Array {
  return message(MODEL.graph, ...pieces);
}

/** A node of a standard operator with one output, named after that. */
export function graphNode(
  operator: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, number>> = {},
): Encoded {
  return message(
    GRAPH.node,
    ...inputs.map((input) => text(NODE.input, input)),
    text(NODE.output, output),
    text(NODE.name, output),
    text(NODE.opType, operator),
    ...Object.entries(attributes).map(([name, value]) =>
      message(
        NODE.attribute,
        text(ATTRIBUTE.name, name),
        integer(ATTRIBUTE.i, value),
        integer(ATTRIBUTE.type, INT_ATTRIBUTE),
      ),
    ),
  );
}

/** A constant vector of int64. */
export function graphIntegers(name: string, values: readonly number[]): Encoded {
  const bytes = Buffer.from(BigInt64Array.from(values, BigInt).buffer);
  return message(
    GRAPH.initializer,
    integer(TENSOR.dims, values.length),
    integer(TENSOR.dataType, ELEMENT_TYPE.int64),
    message(TENSOR.rawData, bytes),
    text(TENSOR.name, name),
  );
}

type ElementType = keyof typeof ELEMENT_TYPE;

/** An input of the graph whose sizes are all open. */
export function graphInput(
  name: string,
  type: ElementType,
  dimensions: readonly string[],
): Encoded {
  return message(GRAPH.input, ...valueInfo(name, type, dimensions));
}

/** An output of the graph whose sizes are all open. */
export function graphOutput(
  name: string,
  type: ElementType,
  dimensions: readonly string[],
): Encoded {
  return message(GRAPH.output, ...valueInfo(name, type, dimensions));
}

function valueInfo(
  name: string,
  type: ElementType,
  dimensions: readonly string[],
): readonly Encoded[] {
  const shape = message(
    TENSOR_TYPE.shape,
    ...dimensions.map((size) => message(SHAPE.dimension, text(DIMENSION.name, size))),
  );
  const tensor = message(TYPE.tensor, integer(TENSOR_TYPE.elementType, ELEMENT_TYPE[type]), shape);
  return [text(VALUE_INFO.name, name), message(VALUE_INFO.type, tensor)];
}
